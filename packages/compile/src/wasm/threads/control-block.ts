import { wasmHeap } from "../memory/wasm-heap.ts";
import { barrierCells } from "./barrier.ts";

/** Threads of a run at most, the caller's included. */
export const mostThreads = 64;

const cellsPerLine = 16;

/** Cells of all threads, as indices of 32-bit integers. The first two cache lines belong to the barrier. */
export const cell: { readonly [Name in keyof typeof barrierCells | "answers" | "callerSleeps"]: number } = {
  arrived: barrierCells.arrived / 4,
  sleepers: barrierCells.sleepers / 4,
  generation: barrierCells.generation / 4,
  aborted: barrierCells.aborted / 4,
  sleepless: barrierCells.sleepless / 4,
  /** Counts the answers to calls; the caller may sleep on it. */
  answers: 2 * cellsPerLine,
  /** Not 0 while the caller sleeps. */
  callerSleeps: 2 * cellsPerLine + 1,
};

/** Cells of one worker, from {@link slotOf}: a cache line for what the caller writes, one for what the worker writes. */
export const slotCell = {
  /** Counts all that the caller has to say; a worker sleeps on it. */
  bell: 0,
  /** Counts the calls: "who is there to run?" */
  call: 1,
  /** The answer to who came: the low 16 bits of the call, 8 of the thread's number, 8 of the number of threads or 0. */
  order: 2,
  /** Which plan to run. */
  plan: 3,
  /** Counts the messages sent. */
  sent: 4,
  /** Counts the messages that were handled. */
  handled: 16,
  /** The last call that was answered. */
  present: 17,
  /** The last call whose run is over. */
  done: 18,
  /** Not 0 while the worker sleeps. */
  asleep: 19,
  /** What ended a run first: 0 nothing, -1 a trap, or 1 more than the kernel that asked for the reference. */
  failed: 20,
} as const;

/** The index of a worker's first cell. */
export function slotOf(worker: number): number {
  return (3 + 2 * worker) * cellsPerLine;
}

/** All cells of a worker, by their names. */
export function cellsOf(worker: number): Record<keyof typeof slotCell, number> {
  const first = slotOf(worker);
  return Object.fromEntries(Object.entries(slotCell).map(([name, index]) => [name, first + index])) as ReturnType<
    typeof cellsOf
  >;
}

/** The memory through which threads talk. */
export interface ControlBlock {
  readonly address: number;
  readonly cells: Int32Array;
}

let block: ControlBlock | undefined;

/** The control block in the memory of all plans, made on first use. */
export function controlBlock(): ControlBlock {
  if (block === undefined) {
    const { heap } = wasmHeap();
    const length = slotOf(mostThreads - 1);
    const address = heap.allocate(length * 4);
    block = { address, cells: new Int32Array(heap.memory.buffer, address, length).fill(0) };
  }
  return block;
}
