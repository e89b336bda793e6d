import type { ElementwiseKernels } from "./elementwise-kernels.ts";
import { kernelMemory } from "./kernel-memory.ts";
import { elementBytes } from "./operations.ts";
import type { Port } from "./program.ts";
import type { ElementArray } from "./run-elementwise.ts";

/**
 * How an input repeats: element `i` is `data[⌊i / repeat⌋ mod period]`. A row that is added to all rows of a matrix of C
 * columns has period C, a column of N rows repeat C and period N, one number period 1. With `tiles`, the next `period` elements
 * follow after that many cycles: a row for each of several matrices of N rows has tiles N.
 */
export interface Repetition {
  /** How often each element comes. */
  readonly repeat: number;
  /** After how many elements they come again. */
  readonly period: number;
  /** After how many cycles the next elements follow; never unless given. */
  readonly tiles?: number | undefined;
}

/** Elements that an input must have which repeats over `size` elements. */
export function lengthOf({ repeat, period, tiles }: Repetition, size: number): number {
  return tiles === undefined ? period : period * Math.ceil(size / (repeat * period * tiles));
}

/** Whether every chunk of that many elements is the same. */
export function isWhole({ repeat, period, tiles }: Repetition, chunk: number): boolean {
  return tiles === undefined && chunk % (repeat * period) === 0;
}

/** At most `chunk` elements, and if possible such that inputs are the same for each chunk. */
export function wholeChunk(chunk: number, repetitions: readonly (Repetition | undefined)[]): number {
  let longest = 1;
  for (const repetition of repetitions) {
    if (repetition === undefined || repetition.tiles !== undefined) continue;
    const cycle = repetition.repeat * repetition.period;
    if (cycle <= chunk && cycle > longest) longest = cycle;
  }
  return chunk - (chunk % longest);
}

/** Fills a register with `count` elements from `at` on; `waiting` has room for a chunk. */
export function loadRepeated(
  kernels: ElementwiseKernels,
  port: Port,
  waiting: number,
  data: ElementArray,
  repetition: Repetition,
  at: number,
  count: number,
): void {
  const { repeat, period, tiles } = repetition;
  if (tiles === undefined) {
    loadCycles(kernels, port, waiting, data, repetition, at, count);
    return;
  }
  const span = repeat * period * tiles;
  const end = at + count;
  let { address } = port;
  while (at < end) {
    const block = Math.floor(at / span);
    const part = Math.min((block + 1) * span, end) - at;
    const own = data.subarray(block * period, (block + 1) * period);
    loadCycles(kernels, { type: port.type, address }, waiting, own, repetition, at - block * span, part);
    address += part * elementBytes[port.type];
    at += part;
  }
}

function loadCycles(
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
