import { detectFeatures, f32x4, type FunctionRef, i32, ModuleBuilder, v128 } from "@tapegrad/simd";
import { median } from "../median.ts";

/** What this machine reaches now, in WebAssembly, on one thread. */
export interface Ceilings {
  /** Floating-point operations per millisecond: products and sums in registers. */
  readonly flops: number;
  /** Bytes per millisecond by the size of what is read and written, from the smallest size on. */
  readonly bandwidths: readonly { readonly upTo: number; readonly bytes: number }[];
}

/** Sizes of arrays, in bytes, that stand for the caches and the memory behind them, and the largest working set of each. */
const levels = [
  { size: 16 * 2 ** 10, upTo: 32 * 2 ** 10 },
  { size: 256 * 2 ** 10, upTo: 512 * 2 ** 10 },
  { size: 4 * 2 ** 20, upTo: 16 * 2 ** 20 },
  { size: 48 * 2 ** 20, upTo: Infinity },
];
const mostBytes = 48 * 2 ** 20;
/** Sums that do not wait for each other: more than an instruction's latency. */
const chains = 12;
const turns = 20_000;

/** Measures what this machine reaches, again at every call: it changes with what else runs. */
export class CeilingMeter {
  readonly #compute: (turns: number) => void;
  readonly #triad: (bytes: number) => void;
  readonly #flops: number[] = [];
  readonly #bandwidths: number[][] = levels.map(() => []);

  constructor() {
    const module = new ModuleBuilder();
    module.memory({ initial: mostBytes / 2 ** 16 + 1 });
    module.exportFunction(defineCompute(module), "compute");
    module.exportFunction(defineTriad(module), "triad");
    const { exports } = new WebAssembly.Instance(module.compile());
    this.#compute = exports["compute"] as (turns: number) => void;
    this.#triad = exports["triad"] as (bytes: number) => void;
    for (let i = 0; i < 20; i++) this.measure();
    this.#flops.length = 0;
    for (const list of this.#bandwidths) list.length = 0;
  }

  /** Takes one sample of everything. */
  measure(): void {
    this.#flops.push((turns * chains * 4 * 2) / timeOf(() => this.#compute(turns)));
    levels.forEach(({ size }, level) => {
      const repeats = Math.max(1, Math.round(2 ** 20 / size));
      const time = timeOf(() => {
        for (let i = 0; i < repeats; i++) this.#triad(size);
      });
      this.#bandwidths[level]!.push((size * repeats) / time);
    });
  }

  /** Medians of the samples. */
  ceilings(): Ceilings {
    return {
      flops: median(this.#flops),
      bandwidths: levels.map(({ upTo }, level) => ({ upTo, bytes: median(this.#bandwidths[level]!) })),
    };
  }
}

/** Milliseconds in which a kernel of so many operations and bytes could run. */
export function rooflineTime({ flops, bandwidths }: Ceilings, work: { flops: number; bytes: number }): number {
  const level = bandwidths.find(({ upTo }) => work.bytes <= upTo)!;
  return Math.max(work.flops / flops, work.bytes / level.bytes);
}

function timeOf(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

/** `turns` times: every sum becomes sum · a + a, fused where the engine fuses it. */
function defineCompute(module: ModuleBuilder): FunctionRef<{ readonly turns: "i32" }, "void"> {
  const fused = detectFeatures().relaxedSimd;
  return module.function("compute", { params: { turns: "i32" }, result: "void" } as const, (f, { turns: count }) => {
    const a = f.let(f32x4.splat(0.999));
    const sums = Array.from({ length: chains }, () => f.local("v128"));
    f.for({ to: count }, () => {
      for (const sum of sums) f.set(sum, fused ? f32x4.relaxedMadd(sum, a, a) : f32x4.add(f32x4.mul(sum, a), a));
    });
    for (const sum of sums) f.store("v128", 0, sum);
  });
}

/** Of three arrays in so many bytes: the third becomes the first + c · the second. */
function defineTriad(module: ModuleBuilder): FunctionRef<{ readonly bytes: "i32" }, "void"> {
  return module.function("triad", { params: { bytes: "i32" }, result: "void" } as const, (f, { bytes }) => {
    const each = f.let(i32.mul(i32.divU(bytes, 3 * 64), 64));
    f.for({ to: each, step: 64 }, (at) => {
      for (let offset = 0; offset < 64; offset += 16) {
        const from = i32.add(at, each);
        const value = f32x4.add(v128.load(at, { offset }), f32x4.mul(v128.load(from, { offset }), f32x4.splat(0.5)));
        f.store("v128", i32.add(from, each), value, { offset });
      }
    });
  });
}
