import type { Answer, Order } from "./message.ts";
import { workerSource } from "./worker-source.ts";

/** A worker of the web, as browsers, Deno and Bun have it. */
export interface DataWorker {
  /** Sends it a message. */
  postMessage(message: unknown, transfer: never[]): void;
  /** Calls `listener` for each of its messages. */
  addEventListener(event: "message", listener: (event: { readonly data: unknown }) => void): void;
  /** Calls `listener` when it fails. */
  addEventListener(event: "error", listener: (event: { readonly message?: string }) => void): void;
  /** Ends it. */
  terminate(): void;
}

/** A worker of either kind. */
export interface WorkerThread {
  readonly post: (order: Order) => void;
  /** Whether it keeps the process alive, as while it is waited for. */
  readonly hold: (held: boolean) => void;
  readonly terminate: () => void;
}

/** What is done when it says something, and when it ends by itself. */
export interface WorkerListeners {
  readonly answered: (answer: Answer) => void;
  readonly failed: (problem: unknown) => void;
}

interface NodeWorker {
  postMessage(order: Order, transfer: readonly never[]): void;
  terminate(): Promise<number>;
  ref(): void;
  unref(): void;
  on(event: "message", listener: (answer: Answer) => void): void;
  on(event: "error" | "messageerror" | "exit", listener: (problem: unknown) => void): void;
}

interface NodeThreads {
  readonly Worker: new (source: string, options: object) => NodeWorker;
}

let sourceUrl: string | undefined;

/** Starts a worker that reads a data set; `start`, if given, starts one that has brought its own. */
export function startWorker(start: (() => DataWorker) | undefined, listeners: WorkerListeners): WorkerThread {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => NodeThreads | undefined } };
  if (start !== undefined) return webThread(start(), listeners);
  const threads = process?.getBuiltinModule?.("node:worker_threads");
  if (threads !== undefined) return nodeThread(new threads.Worker(workerSource, { eval: true }), listeners);
  sourceUrl ??= URL.createObjectURL(new Blob([workerSource], { type: "text/javascript" }));
  return webThread(new Worker(sourceUrl, { name: "tapegrad", type: "module" }) as DataWorker, listeners);
}

function nodeThread(worker: NodeWorker, { answered, failed }: WorkerListeners): WorkerThread {
  worker.on("message", answered);
  worker.on("error", failed);
  worker.on("messageerror", failed);
  worker.on("exit", (code) => failed(`its end with exit code ${String(code)}`));
  worker.unref();
  return {
    post: (order) => worker.postMessage(order, []),
    hold: (held) => (held ? worker.ref() : worker.unref()),
    terminate: () => void worker.terminate(),
  };
}

function webThread(worker: DataWorker, { answered, failed }: WorkerListeners): WorkerThread {
  worker.addEventListener("message", ({ data }) => answered(data as Answer));
  worker.addEventListener("error", ({ message }) => {
    // What a policy forbids has no message.
    failed(message ?? "none that could be started. With a content security policy, allow worker-src blob: or say how");
  });
  return { post: (order) => worker.postMessage(order, []), hold: () => undefined, terminate: () => worker.terminate() };
}
