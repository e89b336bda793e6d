import { ValueError } from "@tapegrad/tensor";
import type { Answer, Problem } from "./message.ts";
import { type DataWorker, startWorker, type WorkerThread } from "./start-worker.ts";
import { unpack } from "./unpack.ts";
import { WorkerError } from "./worker-error.ts";

/** Samples in their order, or the batch that a data set has made of them. */
export type Reading = { readonly samples: readonly unknown[] } | { readonly batch: unknown };

interface Job {
  readonly indices: Int32Array;
  readonly resolve: (reading: Reading) => void;
  readonly reject: (error: unknown) => void;
}

interface Member {
  readonly thread: WorkerThread;
  /** Holds the index of the sample that is being read, where memory can be shared. */
  readonly reading: Int32Array | undefined;
  readonly jobs: Map<number, Job>;
  /** Why it reads no longer. */
  error?: unknown;
}

/** How a pool is made. */
export interface PoolOptions {
  readonly workers: number;
  /** Where workers have their data set from: the URL of a module, or a function that starts one that has it. */
  readonly module: string | URL | (() => DataWorker);
  /** How many samples each must have. */
  readonly length: number;
  /** Whether data sets that make batches themselves may do so. */
  readonly gather: boolean;
}

/**
 * Workers that read samples. Jobs go round, so that what each of them reads follows from the order alone; nobody keeps the
 * process alive unless a job is waited for.
 */
export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #members: Member[] = [];
  #jobs = 0;
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** What the samples at `indices` are in epoch `epoch`. */
  read(indices: Int32Array, epoch: number): Promise<Reading> {
    const job = this.#jobs++;
    const { workers, gather } = this.#options;
    const number = job % workers;
    const member = (this.#members[number] ??= this.#start(number));
    return new Promise((resolve, reject) => {
      if (member.error !== undefined) return reject(member.error as Error);
      member.jobs.set(job, { indices, resolve, reject });
      member.thread.hold(true);
      // A copy: what lies around the indices need not travel.
      member.thread.post({ job, indices: indices.slice(), epoch, gather });
    });
  }

  /** Ends all workers. */
  close(): void {
    this.#closed = true;
    for (const { thread } of this.#members.splice(0)) thread.terminate();
  }

  #start(number: number): Member {
    const { module } = this.#options;
    const thread = startWorker(typeof module === "function" ? module : undefined, {
      answered: (answer) => this.#answered(number, member, answer),
      failed: (problem) => this.#failed(number, member, problem),
    });
    const reading =
      typeof SharedArrayBuffer === "function" ? new Int32Array(new SharedArrayBuffer(4)).fill(-1) : undefined;
    const member: Member = { thread, reading, jobs: new Map() };
    thread.post({ module: typeof module === "function" ? undefined : String(module), reading });
    return member;
  }

  #answered(number: number, member: Member, answer: Answer): void {
    if ("length" in answer) {
      if (answer.length === this.#options.length) return;
      const message = `expected a data set of ${this.#options.length} samples in worker ${number}, as here, got ${answer.length}`;
      return this.#stop(member, new ValueError(`DataLoader: ${message}.`));
    }
    if (!("job" in answer)) {
      const { problem } = answer;
      const message = `DataLoader: expected a data set in worker ${number}, got ${line(problem)}`;
      return this.#stop(
        member,
        new WorkerError(message, { worker: number, index: undefined, cause: errorOf(problem) }),
      );
    }
    const job = member.jobs.get(answer.job);
    if (job === undefined) return;
    member.jobs.delete(answer.job);
    if (member.jobs.size === 0) member.thread.hold(false);
    if ("problem" in answer) {
      const { problem, index } = answer;
      const what = index === undefined ? `samples ${job.indices.join(", ")}` : `sample ${index}`;
      const message = `DataLoader: expected ${what} of worker ${number}, got ${line(problem)}`;
      return job.reject(new WorkerError(message, { worker: number, index, cause: errorOf(problem) }));
    }
    const { samples, batch, bytes } = answer;
    job.resolve(
      samples === undefined
        ? { batch: unpack(batch, bytes) }
        : { samples: samples.map((sample) => unpack(sample, bytes)) },
    );
  }

  #failed(number: number, member: Member, problem: unknown): void {
    if (this.#closed || member.error !== undefined) return;
    const index = member.reading?.[0] ?? -1;
    const what = index < 0 ? "an answer" : `sample ${index}`;
    const got = problem instanceof Error ? line(problem) : `${String(problem)}.`;
    const options = { worker: number, index: index < 0 ? undefined : index, cause: problem };
    this.#stop(member, new WorkerError(`DataLoader: expected ${what} of worker ${number}, got ${got}`, options));
  }

  #stop(member: Member, error: unknown): void {
    member.error = error;
    member.thread.hold(false);
    member.thread.terminate();
    for (const { reject } of member.jobs.values()) reject(member.error);
    member.jobs.clear();
  }
}

function line({ name, message }: { readonly name: string; readonly message: string }): string {
  return `${name}: ${message.replace(/\.?$/, ".")}`;
}

function errorOf({ name, message, stack }: Problem): Error {
  const error = new Error(message);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}
