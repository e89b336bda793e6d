import { Worker } from "node:worker_threads";
import { i32, ModuleBuilder } from "@tapegrad/simd";
import { afterEach, describe, expect, it } from "vitest";
import { until } from "../../../test/until.ts";
import { type BarrierOptions, barrierCells, defineBarrier } from "./barrier.ts";

const limits = { initial: 1, maximum: 1, shared: true } as const;
const slots = 1024;
const workers: Worker[] = [];

/**
 * Every round, each thread writes its round into its slot, passes, and compares the slots of all: a thread that has
 * passed too early finds an old round. Counts what differs; a second barrier ends the reading.
 */
function rounds(options?: BarrierOptions): WebAssembly.Module {
  const module = new ModuleBuilder();
  module.importMemory("env", "memory", limits);
  const barrier = defineBarrier(module, 0, options);
  const signature = { params: { thread: "i32", threads: "i32", rounds: "i32" }, result: "i32" } as const;
  const run = module.function("run", signature, (f, { thread, threads, rounds }) => {
    const wrong = f.local("i32", 0);
    f.for({ from: 1, to: i32.add(rounds, 1) }, (round) => {
      f.store("i32", i32.shl(thread, 2), round, { offset: slots });
      f.call(barrier, { thread, threads });
      f.for({ to: threads }, (other) => {
        f.set(wrong, i32.add(wrong, i32.ne(i32.load(i32.shl(other, 2), { offset: slots }), round)));
      });
      f.call(barrier, { thread, threads });
    });
    return wrong;
  });
  module.exportFunction(run);
  return module.compile();
}

const source = `
  const { parentPort, workerData: { module, memory, args } } = require("node:worker_threads");
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  parentPort.postMessage("ready");
  parentPort.once("message", () => {
    try { parentPort.postMessage(exports.run(...args)); } catch (error) { parentPort.postMessage(error.name); }
  });
`;

interface Other {
  readonly start: () => void;
  readonly result: Promise<unknown>;
}

async function startOther(module: WebAssembly.Module, memory: WebAssembly.Memory, args: number[]): Promise<Other> {
  const worker = new Worker(source, { eval: true, workerData: { module, memory, args } });
  workers.push(worker);
  await new Promise((resolve) => worker.once("message", resolve));
  const result = new Promise((resolve) => worker.once("message", resolve));
  return { start: () => worker.postMessage("start", []), result };
}

afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.terminate()));
});

type Run = (thread: number, threads: number, rounds: number) => number;

function instance(module: WebAssembly.Module): { memory: WebAssembly.Memory; cells: Int32Array; run: Run } {
  const memory = new WebAssembly.Memory(limits);
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return { memory, cells: new Int32Array(memory.buffer), run: exports["run"] as Run };
}

describe("barrier", () => {
  it("lets one thread pass, whatever the cells hold", () => {
    const { run, cells } = instance(rounds());
    cells[barrierCells.aborted / 4] = 1;
    expect(run(0, 1, 1000)).toBe(0);
    expect(cells[barrierCells.generation / 4]).toBe(0);
  });

  it.each([
    ["awake or asleep", 2, 50_000, {}],
    ["awake or asleep", 3, 50_000, { spins: 1000 }],
    ["mostly asleep", 3, 5_000, { spins: 0 }],
  ])("holds %s: %i threads, 2 × %i times", async (_, threads, count, options) => {
    const module = rounds(options);
    const { memory, cells, run } = instance(module);
    const others = await Promise.all(
      Array.from({ length: threads - 1 }, (_, i) => startOther(module, memory, [i + 1, threads, count])),
    );
    for (const { start } of others) start();
    expect(run(0, threads, count)).toBe(0);
    expect(await Promise.all(others.map(({ result }) => result))).toEqual(others.map(() => 0));
    expect(cells[barrierCells.generation / 4]).toBe(2 * count);
    expect(cells[barrierCells.arrived / 4]).toBe(0);
    expect(cells[barrierCells.sleepers / 4]).toBe(0);
  });

  it("holds where thread 0 must not sleep", async () => {
    const module = rounds({ spins: 0 });
    const { memory, cells, run } = instance(module);
    cells[barrierCells.sleepless / 4] = 1;
    const other = await startOther(module, memory, [1, 2, 2000]);
    other.start();
    expect(run(0, 2, 2000)).toBe(0);
    expect(await other.result).toBe(0);
  });

  it("lets all leave with a trap when one has failed", async () => {
    const module = rounds();
    const { memory, cells } = instance(module);
    const other = await startOther(module, memory, [1, 2, 1]);
    other.start();
    await until(() => Atomics.load(cells, barrierCells.sleepers / 4) === 1);
    Atomics.store(cells, barrierCells.aborted / 4, 1);
    Atomics.notify(cells, barrierCells.generation / 4);
    expect(await other.result).toBe("RuntimeError");
    expect(cells[barrierCells.sleepers / 4]).toBe(0);
  });

  it("gives up when another thread does not come", () => {
    const { run, cells } = instance(rounds({ limit: 0 }));
    expect(() => run(0, 2, 1)).toThrow(WebAssembly.RuntimeError);
    expect(cells[barrierCells.aborted / 4]).toBe(1);
    expect(cells[barrierCells.sleepers / 4]).toBe(0);
  });
});
