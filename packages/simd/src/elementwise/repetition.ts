import type { ElementwiseKernels } from "./elementwise-kernels.ts";
import { kernelMemory } from "./kernel-memory.ts";
import { elementBytes } from "./operations.ts";
import type { Port } from "./program.ts";
import type { ElementArray } from "./run-elementwise.ts";

/**
 * How an input repeats: element `i` is `data[⌊i / repeat⌋ mod period]`. A row that is added to all rows of a matrix of C
 * columns has period C, a column of N rows repeat C and period N, one number period 1.
 */
export interface Repetition {
  readonly repeat: number;
  readonly period: number;
}

/** Whether every chunk of that many elements is the same. */
export function isWhole({ repeat, period }: Repetition, chunk: number): boolean {
  return chunk % (repeat * period) === 0;
}

/** At most `chunk` elements, and if possible such that inputs are the same for each chunk. */
export function wholeChunk(chunk: number, repetitions: readonly (Repetition | undefined)[]): number {
  let longest = 1;
  for (const repetition of repetitions) {
    if (repetition === undefined) continue;
    const cycle = repetition.repeat * repetition.period;
    if (cycle <= chunk && cycle > longest) longest = cycle;
  }
  return chunk - (chunk % longest);
}

/** Fills a register with `count` elements from `at` on; `waiting` has room for a chunk. */
export function loadRepeated(
  kernels: ElementwiseKernels,
  { type, address }: Port,
  waiting: number,
  data: ElementArray,
  { repeat, period }: Repetition,
  at: number,
  count: number,
): void {
  const memory = kernelMemory()[type];
  const size = elementBytes[type];
  const start = Math.floor(at / repeat) % period;
  if (repeat === 1) {
    fillCyclic(memory, address / size, data, start, period, count);
    return;
  }
  const done = at % repeat;
  fillCyclic(memory, waiting / size, data, start, period, Math.ceil((done + count) / repeat));
  const spread = type === "bool" ? kernels.spreadBytes : kernels.spread;
  spread(waiting, repeat * size, (repeat - done) * size, address, address + count * size);
}

/** `count` elements of a cycle of `period`, beginning with element `start`. */
function fillCyclic(
  memory: ElementArray,
  to: number,
  data: ElementArray,
  start: number,
  period: number,
  count: number,
): void {
  const head = Math.min(period - start, count);
  memory.set(data.subarray(start, start + head), to);
  let filled = head;
  if (filled === count) return;
  const rest = Math.min(start, count - filled);
  memory.set(data.subarray(0, rest), to + filled);
  filled += rest;
  // Twice as much each time.
  while (filled < count) {
    const more = Math.min(filled, count - filled);
    memory.copyWithin(to + filled, to, to + more);
    filled += more;
  }
}
