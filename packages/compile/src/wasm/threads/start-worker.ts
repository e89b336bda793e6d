import { type WebWorker, workerFactory } from "./start-workers-with.ts";
import type { WorkerMessage } from "./worker-message.ts";
import { workerSource } from "./worker-source.ts";

/** A worker of either kind. */
export interface WorkerThread {
  readonly post: (message: WorkerMessage) => void;
  /** Resolves when it has ended. */
  readonly terminate: () => Promise<unknown>;
}

interface NodeWorker {
  postMessage(message: WorkerMessage, transfer: readonly never[]): void;
  terminate(): Promise<number>;
  unref(): void;
  on(event: "error" | "exit", listener: (problem: unknown) => void): void;
}

interface NodeModules {
  readonly "node:worker_threads": { readonly Worker: new (source: string, options: object) => NodeWorker };
  readonly "node:os": { readonly availableParallelism: () => number };
}

/** What helps where a page may not start workers. */
const policyHint =
  "With a content security policy, allow worker-src blob: or start them from a file by startWorkersWith";

/** A module of Node, or undefined elsewhere. Not an import, which bundlers for browsers would follow. */
function nodeModule<Name extends keyof NodeModules>(name: Name): NodeModules[Name] | undefined {
  const { process } = globalThis as {
    process?: { getBuiltinModule?: (name: string) => NodeModules[Name] | undefined };
  };
  return process?.getBuiltinModule?.(name);
}

/** Whether workers can be started that share memory. */
export function canStartWorkers(): boolean {
  if (typeof SharedArrayBuffer !== "function") return false;
  return nodeModule("node:worker_threads") !== undefined || (typeof Worker === "function" && crossOriginIsolated);
}

/** The threads that run at the same time on this machine. */
export function processors(): number {
  const { navigator } = globalThis as { navigator?: { readonly hardwareConcurrency?: number } };
  return nodeModule("node:os")?.availableParallelism() ?? navigator?.hardwareConcurrency ?? 1;
}

let sourceUrl: string | undefined;

/** Starts a worker, which does not keep the process alive. `failed` is called when it ends by itself. */
export function startWorker(failed: (problem: unknown) => void): WorkerThread {
  const factory = workerFactory();
  const threads = nodeModule("node:worker_threads");
  if (factory !== undefined) return webThread(factory(), failed);
  if (threads === undefined) {
    sourceUrl ??= URL.createObjectURL(new Blob([workerSource], { type: "text/javascript" }));
    return webThread(new Worker(sourceUrl, { name: "tapegrad" }), failed);
  }
  // Whatever the process preloads is not for these workers.
  const options = { eval: true, execArgv: [], env: {}, name: "tapegrad" };
  const worker = new threads.Worker(workerSource, options);
  worker.on("error", failed);
  worker.on("exit", failed);
  worker.unref();
  return { post: (message) => worker.postMessage(message, []), terminate: () => worker.terminate() };
}

function webThread(worker: WebWorker, failed: (problem: unknown) => void): WorkerThread {
  // What a policy forbids has no message.
  worker.addEventListener("error", ({ message }) => failed(message ?? `it could not be started. ${policyHint}`));
  return { post: (message) => worker.postMessage(message, []), terminate: async () => worker.terminate() };
}
