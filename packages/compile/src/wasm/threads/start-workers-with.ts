import { expectFunction, expectNothing } from "@tapegrad/tensor/internal";

/** A worker of the web, as browsers, Deno and Bun have it. */
export interface WebWorker {
  /** Sends it a message. */
  postMessage(message: unknown, transfer: never[]): void;
  /** Calls `listener` when it fails. */
  addEventListener(event: "error", listener: (event: { readonly message?: string }) => void): void;
  /** Ends it. */
  terminate(): void;
}

let factory: (() => WebWorker) | undefined;

/**
 * Says how threads are started, for pages whose content security policy does not allow `worker-src blob:`. Without it
 * they are started from a text that the package brings. To be called before the first compiled function runs.
 *
 * @param start starts one worker that runs the file `@tapegrad/compile/worker`, bundled or as it is
 * @throws {ValueError} when `start` is no function
 * @example
 * startWorkersWith(() => new Worker(new URL("@tapegrad/compile/worker", import.meta.url), { type: "module" }));
 */
export function startWorkersWith(start: () => WebWorker, ...none: []): void {
  expectNothing("startWorkersWith", none);
  expectFunction("startWorkersWith", "start", start);
  factory = start;
}

/** What {@link startWorkersWith} was given. */
export function workerFactory(): (() => WebWorker) | undefined {
  return factory;
}
