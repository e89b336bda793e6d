import { kernelMemory } from "../elementwise/kernel-memory.ts";
import type { FoldName, MapName } from "./group-formulas.ts";
import { type GroupKernels, groupKernels } from "./group-kernels.ts";
import { forEachBlock, type GroupLayout } from "./group-layout.ts";
import { chunkElements, chunkGroups, places, type Statistic, statistics } from "./group-memory.ts";

/** Columns of a chunk of groups that lie across: few enough for some rows. */
const mostColumns = 2048;

/** A part of the groups that is staged at once: lines that begin `stride` elements apart in the array. */
interface Chunk {
  readonly at: number;
  readonly lines: number;
  readonly length: number;
  readonly stride: number;
  /** Its groups: `groups` of them from `group` on. */
  readonly group: number;
  readonly groups: number;
}

/** Numbers for each group, by the place where kernels find them. */
export type GroupNumbers = { readonly [S in Statistic]?: Float64Array };

/** Runs kernels over groups of an array, of which chunk after chunk is copied to the kernels' memory. */
export class StagedGroups {
  readonly #chunks: readonly Chunk[];
  readonly #inward: boolean;
  readonly #kernels: GroupKernels = groupKernels();
  readonly #x: Float32Array;
  readonly #g: Float32Array | undefined;
  #stagedX: Chunk | undefined;
  #stagedG: Chunk | undefined;

  /** @param first the first element, with which group 0 begins */
  constructor(layout: GroupLayout, first: number, x: Float32Array, g?: Float32Array) {
    this.#chunks = chunksOf(layout, first);
    this.#inward = layout.inward;
    this.#x = x;
    this.#g = g;
  }

  /** Adds what a fold gives, or combines it otherwise, to totals of all groups. */
  fold(
    name: FoldName,
    numbers: GroupNumbers,
    start: number,
    combine: (a: number, b: number) => number,
    first: Float64Array,
    second?: Float64Array,
  ): void {
    const g = name.startsWith("grad") ? this.#g : undefined;
    const kernel = this.#kernels[`${name}${this.#inward ? "Inward" : "Across"}`];
    for (const [i, chunk] of this.#chunks.entries()) {
      this.#stage(chunk, numbers, g, i);
      const results = [first, second].flatMap((totals, k) => {
        return totals === undefined ? [] : [{ totals, found: numbersAt(k === 0 ? "first" : "second", chunk.groups) }];
      });
      // Across, a kernel goes on with what it finds: totals are looked at once for all rows of the same columns.
      const goesOn = (other: number): boolean => !this.#inward && this.#sameGroups(chunk, other);
      if (!this.#inward && !goesOn(i - 1)) results.forEach(({ found }) => found.fill(start));
      kernel(chunk.lines, chunk.length);
      if (goesOn(i + 1)) continue;
      for (const { totals, found } of results) {
        for (let i = 0; i < found.length; i++) {
          totals[chunk.group + i] = combine(totals[chunk.group + i]!, found[i]!);
        }
      }
    }
  }

  /** Computes every element of `out`. */
  map(name: MapName, numbers: GroupNumbers, out: Float32Array): void {
    const g = name.startsWith("grad") ? this.#g : undefined;
    const kernel = this.#kernels[`${name}${this.#inward ? "Inward" : "Across"}`];
    for (const [i, chunk] of this.#chunks.entries()) {
      this.#stage(chunk, numbers, g, i);
      kernel(chunk.lines, chunk.length);
      const { at, lines, length, stride } = chunk;
      const from = places.out / 4;
      const { float32 } = kernelMemory();
      if (isContiguous(chunk)) out.set(float32.subarray(from, from + lines * length), at);
      else {
        for (let i = 0; i < lines; i++) {
          out.set(float32.subarray(from + i * length, from + (i + 1) * length), at + i * stride);
        }
      }
    }
  }

  /** Whether chunk `other` is there and of the same groups. */
  #sameGroups({ group, groups }: Chunk, other: number): boolean {
    const chunk = this.#chunks[other];
    return chunk?.group === group && chunk.groups === groups;
  }

  /** Copies what kernels read of chunk `i` to their memory; numbers of groups that are there are those of the last chunk. */
  #stage(chunk: Chunk, numbers: GroupNumbers, g: Float32Array | undefined, i: number): void {
    const names = this.#sameGroups(chunk, i - 1) ? [] : (Object.keys(numbers) as Statistic[]);
    for (const name of names) {
      numbersAt(name, chunk.groups).set(numbers[name]!.subarray(chunk.group, chunk.group + chunk.groups));
    }
    // Of a single chunk, what is there stays there.
    if (this.#stagedX !== chunk) stageElements(places.x, this.#x, chunk);
    this.#stagedX = chunk;
    if (g === undefined) return;
    if (this.#stagedG !== chunk) stageElements(places.g, g, chunk);
    this.#stagedG = chunk;
  }
}

/** Whole groups whose elements lie side by side, few enough to be staged once for all passes. */
export function forEachBatch(
  layout: GroupLayout,
  visit: (batch: GroupLayout, first: number, group: number) => void,
): void {
  const { kept, reduced, inward, outer } = layout;
  if (!inward || outer.length > 0 || reduced > chunkElements) {
    visit(layout, 0, 0);
    return;
  }
  const most = groupsOfChunk(reduced);
  for (let group = 0; group < kept; group += most) {
    visit({ ...layout, kept: Math.min(most, kept - group) }, group * reduced, group);
  }
}

function groupsOfChunk(reduced: number): number {
  return Math.min(Math.floor(chunkElements / reduced), chunkGroups);
}

function chunksOf(layout: GroupLayout, first: number): Chunk[] {
  const { kept, reduced, inward } = layout;
  const chunks: Chunk[] = [];
  let block = first;
  forEachBlock(layout, (group) => {
    if (inward && reduced <= chunkElements) {
      const most = groupsOfChunk(reduced);
      for (let k = 0; k < kept; k += most) {
        const groups = Math.min(most, kept - k);
        const at = block + k * reduced;
        chunks.push({ at, lines: groups, length: reduced, stride: reduced, group: group + k, groups });
      }
    } else if (inward) {
      for (let k = 0; k < kept; k++) {
        for (let part = 0; part < reduced; part += chunkElements) {
          const length = Math.min(chunkElements, reduced - part);
          const at = block + k * reduced + part;
          chunks.push({ at, lines: 1, length, stride: length, group: group + k, groups: 1 });
        }
      }
    } else {
      for (let column = 0; column < kept; column += mostColumns) {
        const groups = Math.min(mostColumns, kept - column);
        const most = Math.floor(chunkElements / groups);
        for (let row = 0; row < reduced; row += most) {
          const at = block + row * kept + column;
          const lines = Math.min(most, reduced - row);
          chunks.push({ at, lines, length: groups, stride: kept, group: group + column, groups });
        }
      }
    }
    block += kept * reduced;
  });
  return chunks;
}

function isContiguous({ lines, length, stride }: Chunk): boolean {
  return stride === length || lines === 1;
}

function numbersAt(name: Statistic, count: number): Float64Array {
  const from = statistics[name] / 8;
  return kernelMemory().float64.subarray(from, from + count);
}

function stageElements(place: number, data: Float32Array, chunk: Chunk): void {
  const { at, lines, length, stride } = chunk;
  const { float32 } = kernelMemory();
  if (isContiguous(chunk)) {
    const count = lines * length;
    float32.set(count === data.length ? data : data.subarray(at, at + count), place / 4);
    return;
  }
  for (let i = 0; i < lines; i++) {
    const from = at + i * stride;
    float32.set(data.subarray(from, from + length), place / 4 + i * length);
  }
}
