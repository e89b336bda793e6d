import { CompileError } from "@tapegrad/tensor";
import { wasmHeap } from "../memory/wasm-heap.ts";
import { cell, cellsOf, type ControlBlock, controlBlock, mostThreads, slotCell, slotOf } from "./control-block.ts";
import { startWorker, type WorkerThread } from "./start-worker.ts";
import type { WorkerMessage } from "./worker-message.ts";

/** Modules whose `run(thread, threads)` several threads call at the same time, one after the other. */
export interface SharedRun {
  readonly modules: readonly WebAssembly.Module[];
  /** The caller's own instances. */
  readonly run: (thread: number, threads: number) => void;
  /** Runs a kernel by the reference; asked for when a worker found an error there. */
  readonly reference: (kernel: number) => void;
  /** Whether it may run again from the start when it has failed half-way. */
  readonly restartable: boolean;
}

/** What the workers know, until it is released. */
export interface PooledRun extends SharedRun {
  readonly id: number;
  /** For each worker the number of messages after which it knows the modules. */
  readonly knownAfter: readonly number[];
}

interface PoolWorker {
  readonly thread: WorkerThread;
  readonly slot: number;
  /** Calls in a row that it did not answer in time, and calls to leave it out of for that. */
  missed: number;
  skip: number;
}

/** Milliseconds in which workers answer a call, and in which they leave a run that has failed. */
const answerLimit = 1;
const leaveLimit = 5000;
/** Turns that the caller waits awake for answers, some 100 µs. */
const spins = 3000;

/**
 * Workers that run plans together with the caller. Nobody waits for them to start: a plan runs with the threads that are
 * there, so its results must not depend on their number.
 */
export class ThreadPool {
  readonly #cells: Int32Array;
  readonly #block: ControlBlock;
  readonly #members: PoolWorker[] = [];
  readonly #mayBlock: boolean;
  #ids = 0;
  #running = false;
  #closed = false;

  constructor() {
    this.#block = controlBlock();
    this.#cells = this.#block.cells;
    this.#mayBlock = mayBlock(this.#cells);
    this.#cells[cell.sleepless] = this.#mayBlock ? 0 : 1;
  }

  /** Sends modules to the workers of `threads` threads, and starts those that are missing. */
  add(run: SharedRun, threads: number): PooledRun {
    const id = this.#ids++;
    const knownAfter: number[] = [];
    for (let i = 0; i < Math.min(threads, mostThreads) - 1 && !this.#closed; i++) {
      const member = this.#members[i] ?? this.#start(i);
      if (member !== undefined) knownAfter.push(this.#post(member, { plan: id, modules: run.modules }));
    }
    return { ...run, id, knownAfter };
  }

  /** Lets the workers forget a plan. */
  release({ id, knownAfter }: Pick<PooledRun, "id" | "knownAfter">): void {
    for (const member of this.#members.slice(0, knownAfter.length)) this.#post(member, { plan: id });
  }

  /** How many workers could answer a call to run a plan now. */
  ready({ knownAfter }: PooledRun): number {
    return this.#members.filter((member, i) => this.#knows(member, knownAfter[i])).length;
  }

  /**
   * Runs a plan on as many of its threads as are there; gives their number.
   *
   * @param most the most threads that are wanted
   * @param refill brings its memory back to what it was before, to run again after a failure
   */
  run(pooled: PooledRun, most: number = mostThreads, refill: () => void = () => {}): number {
    const crew = this.#running || most === 1 ? [] : this.#call(pooled, most - 1);
    const threads = crew.length + 1;
    if (threads === 1) {
      pooled.run(0, 1);
      return 1;
    }
    this.#running = true;
    try {
      pooled.run(0, threads);
    } catch (error) {
      this.#recover(pooled, crew, error, refill);
    } finally {
      this.#running = false;
    }
    return threads;
  }

  /** Ends all workers; plans run on one thread from now on. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#members.splice(0).map(({ thread }) => thread.terminate()));
  }

  #start(index: number): PoolWorker | undefined {
    const slot = slotOf(index);
    try {
      const thread = startWorker((problem) => this.#fail(problem));
      const member = { thread, slot, missed: 0, skip: 0 };
      this.#members.push(member);
      const { address, cells } = this.#block;
      this.#cells.fill(0, slot, slotOf(index + 1));
      const { memory } = wasmHeap().heap;
      this.#post(member, { memory, address, length: cells.length, cell, slot: cellsOf(index) });
      return member;
    } catch (problem) {
      this.#fail(problem);
      return undefined;
    }
  }

  /** Sends a message; gives how many were sent. A worker that waits for calls is told to look for it. */
  #post({ thread, slot }: PoolWorker, message: WorkerMessage): number {
    thread.post(message);
    const sent = Atomics.add(this.#cells, slot + slotCell.sent, 1) + 1;
    this.#ring(slot);
    return sent | 0;
  }

  #ring(slot: number): void {
    Atomics.add(this.#cells, slot + slotCell.bell, 1);
    if (Atomics.load(this.#cells, slot + slotCell.asleep) !== 0) Atomics.notify(this.#cells, slot + slotCell.bell);
  }

  #knows({ slot }: PoolWorker, knownAfter: number | undefined): boolean {
    if (knownAfter === undefined) return false;
    return ((Atomics.load(this.#cells, slot + slotCell.handled) - knownAfter) | 0) >= 0;
  }

  /** Calls the workers that know a plan, and orders those that answer at once to run it. */
  #call({ id, knownAfter }: PooledRun, most: number): PoolWorker[] {
    const called = this.#members.slice(0, most).filter((member, i) => {
      if (!this.#knows(member, knownAfter[i])) return false;
      return member.skip === 0 || member.skip-- === 0;
    });
    if (called.length === 0) return [];
    for (const { slot } of called) {
      Atomics.add(this.#cells, slot + slotCell.call, 1);
      this.#ring(slot);
    }
    this.#awaitAnswers(called);
    const crew = called.filter((member) => this.#isPresent(member));
    for (const member of called) {
      const { slot } = member;
      const thread = crew.indexOf(member) + 1;
      member.missed = thread > 0 ? 0 : Math.min(member.missed + 1, 10);
      member.skip = thread > 0 ? 0 : 2 ** member.missed;
      this.#cells[slot + slotCell.plan] = id;
      const call = this.#cells[slot + slotCell.call]!;
      const threads = thread > 0 ? crew.length + 1 : 0;
      Atomics.store(this.#cells, slot + slotCell.order, ((call & 0xffff) << 16) | (thread << 8) | threads);
    }
    return crew;
  }

  #isPresent({ slot }: PoolWorker): boolean {
    return Atomics.load(this.#cells, slot + slotCell.present) === this.#cells[slot + slotCell.call];
  }

  #awaitAnswers(called: readonly PoolWorker[]): void {
    const allPresent = (): boolean => called.every((member) => this.#isPresent(member));
    for (let turn = 0; turn < spins; turn++) if (allPresent()) return;
    const end = performance.now() + answerLimit;
    for (let left = answerLimit; left > 0; left = end - performance.now()) {
      const answers = Atomics.load(this.#cells, cell.answers);
      Atomics.store(this.#cells, cell.callerSleeps, 1);
      const all = allPresent();
      if (!all && this.#mayBlock) Atomics.wait(this.#cells, cell.answers, answers, left);
      Atomics.store(this.#cells, cell.callerSleeps, 0);
      if (all) return;
    }
  }

  /** Brings all threads out of a run that has failed, and throws the error, or runs again with one thread. */
  #recover(pooled: PooledRun, crew: readonly PoolWorker[], error: unknown, refill: () => void): void {
    const cells = this.#cells;
    // If it is set already, a worker has failed, or the barrier has waited in vain for one.
    const failedElsewhere = Atomics.exchange(cells, cell.aborted, 1) !== 0;
    Atomics.notify(cells, cell.generation);
    const left = crew.every((member) => this.#awaitDone(member));
    const failed = crew.map(({ slot }) => Atomics.exchange(cells, slot + slotCell.failed, 0)).find((by) => by !== 0);
    if (left) {
      cells[cell.arrived] = 0;
      cells[cell.sleepers] = 0;
      Atomics.store(cells, cell.aborted, 0);
    }
    if (failed !== undefined && failed > 0) pooled.reference(failed - 1);
    if (!left || failedElsewhere) this.#fail(failed === undefined ? "it did not answer" : error);
    if (!failedElsewhere) throw error;
    if (!left || !pooled.restartable) {
      const hint = "Tensors that the function assigns may hold values of a part of the call.";
      throw new CompileError(`compile: expected all threads to finish a call, got one that failed. ${hint}`);
    }
    refill();
    pooled.run(0, 1);
  }

  #awaitDone({ slot }: PoolWorker): boolean {
    const call = this.#cells[slot + slotCell.call]!;
    const end = performance.now() + leaveLimit;
    while (performance.now() < end) {
      const done = Atomics.load(this.#cells, slot + slotCell.done);
      if (done === call) return true;
      if (this.#mayBlock) Atomics.wait(this.#cells, slot + slotCell.done, done, 10);
    }
    return false;
  }

  #fail(problem: unknown): void {
    if (this.#closed) return;
    void this.close();
    const reason = problem instanceof Error ? problem.message : String(problem);
    console.warn(`compile: a thread failed (${reason}); compiled functions run on one thread from now on.`);
  }
}

/** Whether this thread may sleep; the main thread of a browser may not. */
function mayBlock(cells: Int32Array): boolean {
  try {
    Atomics.wait(cells, cell.answers, cells[cell.answers]! + 1, 0);
    return true;
  } catch {
    return false;
  }
}

let shared: ThreadPool | undefined;

/** The workers of the process; none runs before a plan is added. */
export function threadPool(): ThreadPool {
  shared ??= new ThreadPool();
  return shared;
}
