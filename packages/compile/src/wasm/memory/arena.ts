import { PriorityQueue } from "../../schedule/priority-queue.ts";
import { aligned } from "../alignment.ts";

/** A buffer's size and the kernels between which it is in use, both included. */
export interface Lifetime {
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

/** Where each buffer lies in one piece of memory, and the size of that. */
export interface Arena {
  readonly offsets: readonly number[];
  readonly bytes: number;
}

/** Kernels of a period. What lives longer has the lower floor to itself. */
const period = 1024;

/** Buffers of a period among which a place is looked for; further ones lie on top. */
const mostSearched = 8192;

/**
 * Places buffers so that those in use at the same time do not overlap: large ones first, each as low as it fits.
 *
 * In a plan of many kernels that would take time that grows with the square of their number. What lives longer than a
 * period therefore lies below all others, each in the place of one of its size that is gone or in a new one; others then
 * meet nothing but those of their period or two, and no more than {@link mostSearched} of them.
 */
export function planArena(lifetimes: readonly Lifetime[]): Arena {
  const arena = new ArenaBuilder(lifetimes);
  return { offsets: arena.offsets, bytes: arena.bytes };
}

class ArenaBuilder {
  readonly offsets: number[];
  bytes = 0;
  readonly #sizes: Float64Array;
  readonly #first: Float64Array;
  readonly #last: Float64Array;

  constructor(lifetimes: readonly Lifetime[]) {
    this.offsets = lifetimes.map(() => 0);
    this.#sizes = Float64Array.from(lifetimes, ({ bytes }) => aligned(bytes));
    this.#first = Float64Array.from(lifetimes, ({ first }) => first);
    this.#last = Float64Array.from(lifetimes, ({ last }) => last);
    const filled = lifetimes.map((_, i) => i).filter((i) => this.#sizes[i]! > 0);
    const isLong = (i: number): boolean => this.#last[i]! - this.#first[i]! >= period;
    this.#placeInTurn(filled.filter(isLong));
    this.#placeLowest(filled.filter((i) => !isLong(i)));
  }

  /** Places buffers in the order in which they are first used. */
  #placeInTurn(buffers: readonly number[]): void {
    const used = new PriorityQueue<number>();
    const free = new Map<number, number[]>();
    for (const i of buffers.toSorted((a, b) => this.#first[a]! - this.#first[b]!)) {
      const size = this.#sizes[i]!;
      for (let gone = used.first; gone !== undefined && this.#last[gone]! < this.#first[i]!; gone = used.first) {
        used.take();
        const places = free.get(this.#sizes[gone]!);
        if (places === undefined) free.set(this.#sizes[gone]!, [this.offsets[gone]!]);
        else places.push(this.offsets[gone]!);
      }
      const offset = free.get(size)?.pop() ?? this.bytes;
      this.offsets[i] = offset;
      this.bytes = Math.max(this.bytes, offset + size);
      used.add(i, this.#last[i]!);
    }
  }

  /** Places buffers from the largest to the smallest, each as low above those placed before as it fits. */
  #placeLowest(buffers: readonly number[]): void {
    const floor = this.bytes;
    const placed: number[][] = [];
    for (const i of buffers.toSorted((a, b) => this.#sizes[b]! - this.#sizes[a]! || a - b)) {
      const [from, to] = [this.#first[i]!, this.#last[i]!].map((at) => Math.floor(at / period) + 1) as [number, number];
      const periods = Array.from({ length: to - from + 1 }, (_, k) => (placed[from + k] ??= []));
      const isCrowded = periods.some((others) => others.length >= mostSearched);
      const offset = isCrowded ? this.bytes : this.#lowestOfAll(i, periods, floor);
      this.offsets[i] = offset;
      this.bytes = Math.max(this.bytes, offset + this.#sizes[i]!);
      for (const others of periods) others.splice(this.#placeIn(others, offset), 0, i);
    }
  }

  /** The lowest offset, not below `floor`, at which a buffer fits between those of several periods. */
  #lowestOfAll(i: number, periods: readonly (readonly number[])[], floor: number): number {
    let offset = floor;
    for (let before = -1; before !== offset;) {
      before = offset;
      for (const others of periods) offset = this.#lowest(i, others, offset);
    }
    return offset;
  }

  /** The lowest offset, not below `offset`, at which a buffer fits between others, which are in the order of theirs. */
  #lowest(i: number, others: readonly number[], offset: number): number {
    const { offsets } = this;
    const [sizes, firsts, lasts] = [this.#sizes, this.#first, this.#last];
    const [size, first, last] = [sizes[i]!, firsts[i]!, lasts[i]!];
    for (const other of others) {
      if (lasts[other]! < first || last < firsts[other]!) continue;
      const start = offsets[other]!;
      if (offset + size <= start) break;
      const end = start + sizes[other]!;
      if (end > offset) offset = end;
    }
    return offset;
  }

  /** Where an offset belongs among those of others. */
  #placeIn(others: readonly number[], offset: number): number {
    let [from, to] = [0, others.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.offsets[others[middle]!]! < offset) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
