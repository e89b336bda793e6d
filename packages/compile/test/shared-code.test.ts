import { Dense, LayerNorm, Sequential, functional } from "@tapegrad/nn";
import { Adam } from "@tapegrad/optim";
import { type DType, Generator, manualSeed, randn, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile, type CompileOptions } from "../src/index.ts";
import { emitModule } from "../src/wasm/emit-module.ts";
import type { WasmExecutable } from "../src/wasm/executable.ts";
import { functionLibrary } from "../src/wasm/function-library.ts";
import { planKernels } from "../src/wasm/planned-kernel.ts";
import { wasmExecutableOf } from "./wasm-executable-of.ts";

/** The bytes of all modules that are made while something runs. */
function moduleBytes(run: () => void): number {
  const { Module } = WebAssembly;
  let bytes = 0;
  const counting = new Proxy(Module, {
    construct: (target, [code]: [Uint8Array<ArrayBuffer>]) => {
      bytes += code.length;
      return new target(code);
    },
  });
  WebAssembly.Module = counting;
  try {
    run();
  } finally {
    WebAssembly.Module = Module;
  }
  return bytes;
}

/** What loops of a compiled function depend on, each text once. */
function codes(compiled: object): Set<string> {
  return new Set(
    wasmExecutableOf(compiled)!.memory.kernels.flatMap((kernel) =>
      kernel.kind === "loop" ? [kernel.pattern.code] : [],
    ),
  );
}

describe("kernels that differ in addresses, or in how often the outermost loop runs", () => {
  it.each(["float32", "float64", "int32"] as const)("share code for any length, in %s", (dtype: DType) => {
    const generator = new Generator(3);
    const lengths = [...Array.from({ length: 40 }, (_, i) => i + 2), 63, 64, 65, 1025];
    const tensors = lengths.map((length) => randn([length], { generator }).mul(100).to(dtype));
    const formula = (x: Tensor): Tensor => x.mul(x).sub(x.mul(3)).maximum(x.neg());
    const compiled = compile((...xs: Tensor[]) => xs.map(formula), { deterministic: true, threads: 1 });
    const got = compiled(...tensors);
    expect(codes(compiled).size).toBe(2); // one more of those that are so long that calls are avoided
    tensors.forEach((x, i) => expect(got[i]!.toArray(), `${lengths[i]} elements`).toEqual(formula(x).toArray()));
  });

  it("share code for any number of rows, sums in parts included", () => {
    const generator = new Generator(5);
    const rows = [64, 65, 700, 1024, 1100];
    const tensors = rows.map((count) => randn([count, 64], { generator }));
    const sums = (x: Tensor): Tensor[] => {
      const scaled = x.div(x.square().mean({ axis: 1, keepDims: true }).add(1));
      return [scaled, scaled.sum({ axis: 0 }), scaled.mul(x).sum({ axis: 0 })];
    };
    for (const threads of [1, 2]) {
      const compiled = compile((...xs: Tensor[]) => xs.flatMap(sums), { threads });
      for (let call = 0; call < 2; call++) {
        const got = compiled(...tensors);
        tensors.flatMap(sums).forEach((want, i) => {
          const scale = want.abs().max().item();
          expect(got[i]!.sub(want).abs().max().item() / scale).toBeLessThan(2e-6);
        });
      }
      expect(codes(compiled).size).toBeLessThan(rows.length);
    }
  });

  it("share products with an epilogue", () => {
    const generator = new Generator(7);
    const draw = (...shape: number[]): Tensor => randn(shape, { generator });
    const layers = [0, 1, 2].map(() => [draw(24, 24), draw(24), draw(24)] as const);
    const forward = (x: Tensor): Tensor =>
      layers.reduce((y, [w, b, c]) => functional.linear(y, w, b).mul(c).relu().mul(0.2), x);
    const x = draw(40, 24);
    const got = compile(forward, { threads: 1 })(x);
    const want = forward(x);
    expect(got.sub(want).abs().max().item() / want.abs().max().item()).toBeLessThan(1e-6);
  });

  it("leave a module of many layers hardly larger than one of few", () => {
    const bytesOf = (depth: number): number => {
      manualSeed(0);
      const layers = Array.from({ length: depth }, () => [new Dense(24, 24), new LayerNorm(24)]).flat();
      const model = new Sequential(...layers);
      const optimizer = new Adam(model.parameters());
      const step = compile(
        (x: Tensor) => {
          optimizer.zeroGrad();
          const loss = model.forward(x).square().mean();
          loss.backward();
          optimizer.step();
          return loss;
        },
        { threads: 1 },
      );
      return moduleBytes(() => step(randn([16, 24])));
    };
    const [few, many] = [bytesOf(4), bytesOf(24)];
    // What is left are the calls: some 50 bytes for each of some 10 kernels of a layer.
    expect(many - few).toBeLessThan(20 * 900);
  });
});

describe("the library of functions", () => {
  /** The plan of a training step with so many rows. */
  function planOf(rows: number, options: CompileOptions = {}): WasmExecutable {
    manualSeed(0);
    const model = new Sequential(new Dense(12, 40), new LayerNorm(40), new Dense(40, 6));
    const optimizer = new Adam(model.parameters());
    const step = compile(
      (x: Tensor) => {
        optimizer.zeroGrad();
        const loss = model.forward(x).tanh().remainder(0.7).square().mean();
        loss.backward();
        optimizer.step();
        return loss;
      },
      { threads: 1, ...options },
    );
    step(randn([rows, 12]));
    return wasmExecutableOf(step)!;
  }

  /** Its module, with addresses that mean nothing. */
  function moduleOf({ memory: { kernels, scratch } }: WasmExecutable): Uint8Array {
    const memory = { initial: 1, maximum: 1, shared: false };
    const options = { kernels, scratch, memory, addressOf: () => 0, copies: [], barrier: undefined };
    return emitModule(options).toBytes();
  }

  it("gives modules the bytes that they have without it", () => {
    for (const options of [{}, { deterministic: true }]) {
      const plans = [48, 20, 700].map((rows) => planOf(rows, options));
      const without = plans.map((plan) => {
        functionLibrary.clear();
        return moduleOf(plan);
      });
      functionLibrary.clear();
      planOf(48, { deterministic: !("deterministic" in options) });
      const first = plans.map(moduleOf);
      const { size } = functionLibrary;
      expect(size).toBeGreaterThan(10);
      expect(plans.map(moduleOf)).toEqual(without);
      expect(functionLibrary.size).toBe(size);
      expect(first).toEqual(without);
    }
  });

  it("tells apart what is rounded otherwise, and columns of few rows from such of many, which are streamed", () => {
    const columns = (rows: number): WasmExecutable => {
      const spread = compile((x: Tensor) => x.slice([0, 32]).mul(3).sum({ axis: 0 }), { threads: 1 });
      spread(randn([rows, 64]));
      return wasmExecutableOf(spread)!;
    };
    const keys = (plan: WasmExecutable, fma: boolean): readonly string[] =>
      planKernels(plan.schedule.kernels, fma).map((kernel) => (kernel.kind === "loop" ? kernel.pattern.code : ""));
    const [near, far] = [columns(32), columns(2000)]; // which is as many bytes as are streamed
    expect(keys(near, false)).toEqual(keys(near, false));
    expect(keys(near, false)).not.toEqual(keys(near, true));
    expect(keys(near, false)).not.toEqual(keys(far, false));
    const streams = (plan: WasmExecutable): readonly boolean[] =>
      plan.memory.kernels.map((kernel) => kernel.kind === "loop" && kernel.pattern.plan.stream !== undefined);
    expect([streams(near), streams(far)]).toEqual([[false], [true]]);
  });

  it("has most functions of a smaller batch", () => {
    functionLibrary.clear();
    planOf(48);
    const { size } = functionLibrary;
    // Rows that tiles of four and of six leave nothing of, as of 48.
    planOf(24);
    expect(functionLibrary.size - size).toBeLessThan(size / 2);
  });
});
