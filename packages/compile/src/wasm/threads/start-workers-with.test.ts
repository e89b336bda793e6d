import { expect, it } from "vitest";
import type { WorkerMessage } from "./worker-message.ts";
import { startWorker } from "./start-worker.ts";
import { startWorkersWith } from "./start-workers-with.ts";

// In a file of its own: what it says holds from then on.
it("says how workers are started", async () => {
  const sent: unknown[] = [];
  let ended = false;
  startWorkersWith(() => ({
    postMessage: (message) => sent.push(message),
    addEventListener: () => {},
    terminate: () => {
      ended = true;
    },
  }));
  const worker = startWorker(() => {});
  const message: WorkerMessage = { plan: 1 };
  worker.post(message);
  expect(sent).toEqual([message]);
  await worker.terminate();
  expect(ended).toBe(true);
});
