import { atomicI32, f64, i32, ModuleBuilder } from "@tapegrad/simd";
import { afterEach, describe, expect, it, vi } from "vitest";
import { until } from "../../../test/until.ts";
import { wasmHeap } from "../memory/wasm-heap.ts";
import { defineBarrier } from "./barrier.ts";
import { controlBlock } from "./control-block.ts";
import { type PooledRun, ThreadPool } from "./pool.ts";

const { heap } = wasmHeap();
const count = 999;

/** What goes wrong in a module: a kernel asks for the reference, or traps, in one thread. */
type Fault = { readonly kind: "reference" | "trap"; readonly thread: number; readonly when: number };

interface Sample {
  readonly pooled: PooledRun;
  readonly data: Float64Array;
  /** What the elements are after so many steps. */
  readonly expected: (steps: number) => number[];
  /** Set to the `when` of a fault to make it happen. */
  readonly trigger: Int32Array;
  readonly free: () => void;
}

/** A plan of two kernels: y[i] = x[i] + 1, then x[i] = y[n - 1 - i] · 0.5 + i, so that threads need each other. */
function sample(pool: ThreadPool, threads: number, options: { fault?: Fault; restartable?: boolean } = {}): Sample {
  const { fault, restartable = true } = options;
  const bytes = count * 8;
  const x = heap.allocate(2 * bytes + 8);
  const y = x + bytes;
  const trigger = y + bytes;
  const module = new ModuleBuilder();
  module.importMemory("env", "memory", heap.limits);
  const imported = module.importFunction("env", "reference", { params: { kernel: "i32" }, result: "void" });
  const barrier = defineBarrier(module, controlBlock().address);
  const signature = { params: { thread: "i32", threads: "i32" }, result: "void" } as const;
  const run = module.function("run", signature, (f, { thread, threads }) => {
    const from = f.let(i32.divU(i32.mul(thread, count), threads));
    const to = f.let(i32.divU(i32.mul(i32.add(thread, 1), count), threads));
    f.for({ from, to }, (i) => {
      const at = f.let(i32.shl(i, 3));
      f.store("f64", at, f64.add(f64.load(at, { offset: x }), 1), { offset: y });
    });
    f.call(barrier, { thread, threads });
    if (fault !== undefined) {
      const here = i32.eq(thread, fault.thread);
      f.if(i32.and(here, i32.eq(atomicI32.load(trigger), fault.when)), () => {
        if (fault.kind === "trap") f.unreachable();
        else f.call(imported, { kernel: 7 });
      });
      f.call(barrier, { thread, threads });
    }
    f.for({ from, to }, (i) => {
      const other = f64.load(i32.shl(i32.sub(count - 1, i), 3), { offset: y });
      f.store("f64", i32.shl(i, 3), f64.add(f64.mul(other, 0.5), f64.convertI32S(i)), { offset: x });
    });
    f.call(barrier, { thread, threads });
  });
  module.exportFunction(run);
  const compiled = module.compile();
  const reference = (kernel: number): never => {
    throw new RangeError(`kernel ${kernel}: the index is out of range.`);
  };
  const env = { memory: heap.memory, reference };
  const { exports } = new WebAssembly.Instance(compiled, { env });
  const shared = {
    modules: [compiled],
    run: exports["run"] as (thread: number, threads: number) => void,
    reference,
    restartable,
  };
  const data = new Float64Array(heap.memory.buffer, x, count).fill(0);
  const cell = new Int32Array(heap.memory.buffer, trigger, 1).fill(0);
  const expected = (steps: number): number[] => {
    let values = Array.from({ length: count }, () => 0);
    for (let step = 0; step < steps; step++) values = values.map((_, i) => (values[count - 1 - i]! + 1) * 0.5 + i);
    return values;
  };
  return { pooled: pool.add(shared, threads), data, expected, trigger: cell, free: () => heap.free(x) };
}

async function untilReady(pool: ThreadPool, pooled: PooledRun, threads: number): Promise<void> {
  await until(() => pool.ready(pooled) === threads - 1);
}

/** Runs until so many threads came, for which a busy machine needs pauses. */
function runWith(pool: ThreadPool, pooled: PooledRun, threads: number): number {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let runs = 1; runs <= 200_000; runs++) {
    if (pool.run(pooled) === threads) return runs;
    if (runs > 1000) Atomics.wait(pause, 0, 0, 1);
  }
  throw new Error(`${threads} threads never came together.`);
}

const pools: ThreadPool[] = [];
function makePool(): ThreadPool {
  const pool = new ThreadPool();
  pools.push(pool);
  return pool;
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
  vi.restoreAllMocks();
});

describe("a pool of threads", () => {
  it("runs a plan alone until its workers are there", () => {
    const pool = makePool();
    const { pooled, data, expected } = sample(pool, 3);
    expect(pool.run(pooled)).toBe(1);
    expect([...data]).toEqual(expected(1));
  });

  it.each([2, 3])("runs a plan with %i threads, many times", async (threads) => {
    const pool = makePool();
    const { pooled, data, expected } = sample(pool, threads);
    await untilReady(pool, pooled, threads);
    const seen = new Set<number>();
    for (let i = 0; i < 3000; i++) seen.add(pool.run(pooled));
    // On a busy machine the workers may have come to none of these.
    await until(() => seen.add(pool.run(pooled)).has(threads));
    // Converged long before; one more lap from the start has the exact bits of every step.
    expect([...data]).toEqual(expected(200));
    for (let steps = 1; steps <= 20; steps++) {
      data.fill(0);
      for (let i = 0; i < steps; i++) pool.run(pooled);
      expect([...data]).toEqual(expected(steps));
    }
  });

  it("runs plans in turn, with workers that fell asleep between", async () => {
    const pool = makePool();
    const plans = [sample(pool, 2), sample(pool, 3), sample(pool, 1)];
    for (const { pooled } of plans) await untilReady(pool, pooled, pooled.knownAfter.length + 1);
    for (let step = 1; step <= 30; step++) {
      for (const { pooled, data, expected } of plans) {
        pool.run(pooled);
        expect([...data]).toEqual(expected(step));
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(runWith(pool, plans[1]!.pooled, 3)).toBeGreaterThan(0);
  });

  it("takes plans while it runs others, and forgets them", async () => {
    const pool = makePool();
    const first = sample(pool, 2);
    await untilReady(pool, first.pooled, 2);
    for (let i = 0; i < 1000; i++) {
      const { pooled, data, expected, free } = sample(pool, 2);
      pool.run(first.pooled);
      pool.run(pooled);
      expect(data[count - 1]).toBe(expected(1)[count - 1]);
      pool.release(pooled);
      free();
    }
    await untilReady(pool, first.pooled, 2);
    runWith(pool, first.pooled, 2);
  });

  it("throws the error of thread 0 and goes on", async () => {
    const pool = makePool();
    const { pooled, data, expected, trigger } = sample(pool, 3, { fault: { kind: "reference", thread: 0, when: 1 } });
    await untilReady(pool, pooled, 3);
    for (let round = 0; round < 100; round++) {
      trigger[0] = 1;
      expect(() => pool.run(pooled)).toThrow("kernel 7: the index is out of range.");
      trigger[0] = 0;
      data.fill(0);
      pool.run(pooled);
      expect([...data]).toEqual(expected(1));
    }
    runWith(pool, pooled, 3);
  });

  it("throws the reference's error for a worker and goes on", async () => {
    const warn = vi.spyOn(console, "warn");
    const pool = makePool();
    const { pooled, data, expected, trigger } = sample(pool, 2, { fault: { kind: "reference", thread: 1, when: 1 } });
    await untilReady(pool, pooled, 2);
    for (let round = 0; round < 100; round++) {
      runWith(pool, pooled, 2);
      trigger[0] = 1;
      expect(() => runWith(pool, pooled, 2)).toThrow("kernel 7: the index is out of range.");
      trigger[0] = 0;
      data.fill(0);
      pool.run(pooled);
      expect([...data]).toEqual(expected(1));
    }
    expect(warn).not.toHaveBeenCalled();
  });

  it("goes on with one thread when a worker traps", async () => {
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    const pool = makePool();
    const { pooled, data, expected, trigger } = sample(pool, 2, { fault: { kind: "trap", thread: 1, when: 1 } });
    await untilReady(pool, pooled, 2);
    runWith(pool, pooled, 2);
    trigger[0] = 1;
    while (warn.mock.calls.length === 0) {
      data.fill(0);
      pool.run(pooled);
    }
    expect([...data]).toEqual(expected(1));
    expect(pool.run(pooled)).toBe(1);
    expect(warn.mock.calls).toEqual([
      ["compile: a thread failed (unreachable); compiled functions run on one thread from now on."],
    ]);
    expect(pool.ready(sample(pool, 2).pooled)).toBe(0);
  });

  it("says so when a trap has left a call half done", async () => {
    vi.spyOn(console, "warn").mockReturnValue();
    const pool = makePool();
    const fault = { kind: "trap", thread: 1, when: 1 } as const;
    const { pooled, trigger } = sample(pool, 2, { fault, restartable: false });
    await untilReady(pool, pooled, 2);
    trigger[0] = 1;
    expect(() => runWith(pool, pooled, 2)).toThrow(
      "compile: expected all threads to finish a call, got one that failed.",
    );
    expect(pool.run(pooled)).toBe(1);
  });
});
