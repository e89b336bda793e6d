import { afterEach, describe, expect, it, vi } from "vitest";
import { until } from "../../../test/until.ts";
import { slotCell, slotOf } from "./control-block.ts";
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
    post({ memory, address: 0, length: cells.length, slot: slotOf(0) });
    await until(() => Atomics.load(cells, slotOf(0) + slotCell.handled) === 1);
    expect(failed).not.toHaveBeenCalled();
    await terminate();
  });

  it("tells when a worker ends by itself", async () => {
    const failed = vi.fn<(problem: unknown) => void>();
    startWorker(failed).post({});
    await until(() => failed.mock.calls.length > 0);
    expect(failed.mock.calls[0]).toEqual([expect.any(Error)]);
  });

  it("starts a worker from a text in a browser", async () => {
    const started: string[] = [];
    const sent: unknown[] = [];
    const listeners: ((event: object) => void)[] = [];
    const terminate = vi.fn<() => void>();
    class PageWorker {
      terminate = terminate;
      constructor(url: string) {
        started.push(url);
      }
      addEventListener(_: string, listener: (event: object) => void): void {
        listeners.push(listener);
      }
      postMessage(message: unknown): void {
        sent.push(message);
      }
    }
    // Not the whole of `process`, which the test runner needs meanwhile.
    vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined as never);
    vi.stubGlobal("Worker", PageWorker);
    const failed = vi.fn<(problem: unknown) => void>();
    const worker = startWorker(failed);
    worker.post({ plan: 1 });
    expect(sent).toEqual([{ plan: 1 }]);
    expect(await (await fetch(started[0]!)).text()).toContain("Atomics.wait");
    listeners[0]?.({ message: "blocked" });
    expect(failed).toHaveBeenCalledWith("blocked");
    await worker.terminate();
    expect(terminate).toHaveBeenCalled();
  });
});

describe("this machine", () => {
  it("can start workers, and has processors for them", () => {
    expect(canStartWorkers()).toBe(true);
    expect(processors()).toBeGreaterThanOrEqual(1);
  });
});
