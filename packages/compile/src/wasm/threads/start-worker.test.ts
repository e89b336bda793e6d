import { afterEach, describe, expect, it, vi } from "vitest";
import { until } from "../../../test/until.ts";
import { cell, cellsOf, slotCell, slotOf } from "./control-block.ts";
import { canStartWorkers, processors, startWorker } from "./start-worker.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("startWorker", () => {
  it("starts a worker that handles messages", async () => {
    const failed = vi.fn<(problem: unknown) => void>();
    const { post, terminate } = startWorker(failed);
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const cells = new Int32Array(memory.buffer, 0, slotOf(1));
    post({ memory, address: 0, length: cells.length, cell, slot: cellsOf(0) });
    await until(() => Atomics.load(cells, slotOf(0) + slotCell.handled) === 1);
    expect(failed).not.toHaveBeenCalled();
    await terminate();
  });

  it("tells when a worker ends by itself", async () => {
    const failed = vi.fn<(problem: unknown) => void>();
    startWorker(failed).post({ plan: 1 });
    await until(() => failed.mock.calls.length > 0);
    expect(failed.mock.calls[0]).toEqual([expect.any(Error)]);
  });

  it("starts a worker from a text in a browser", async () => {
    const { PageWorker, started, sent, fail, terminate } = browser();
    // Not the whole of `process`, which the test runner needs meanwhile.
    vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined as never);
    vi.stubGlobal("Worker", PageWorker);
    const failed = vi.fn<(problem: unknown) => void>();
    const worker = startWorker(failed);
    worker.post({ plan: 1 });
    expect(sent).toEqual([{ plan: 1 }]);
    expect(await (await fetch(started[0]!)).text()).toContain("Atomics.wait");
    fail({ message: "out of memory" });
    expect(failed).toHaveBeenLastCalledWith("out of memory");
    fail({});
    expect(failed).toHaveBeenLastCalledWith(expect.stringContaining("worker-src blob:"));
    await worker.terminate();
    expect(terminate).toHaveBeenCalled();
  });
});

/** A worker as in a page, and what was done with it. */
function browser() {
  const started: string[] = [];
  const sent: unknown[] = [];
  const listeners: ((event: { message?: string }) => void)[] = [];
  const terminate = vi.fn<() => void>();
  class PageWorker {
    terminate = terminate;
    constructor(url: string) {
      started.push(url);
    }
    addEventListener(_: string, listener: (event: { message?: string }) => void): void {
      listeners.push(listener);
    }
    postMessage(message: unknown): void {
      sent.push(message);
    }
  }
  const fail = (event: { message?: string }): void => listeners.forEach((listener) => listener(event));
  return { PageWorker, started, sent, fail, terminate };
}

describe("this machine", () => {
  it("can start workers, and has processors for them", () => {
    expect(canStartWorkers()).toBe(true);
    expect(processors()).toBeGreaterThanOrEqual(1);
  });
});
