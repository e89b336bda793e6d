import { sizeOf } from "@tapegrad/tensor/internal";
import type { Value } from "../graph/graph.ts";
import type { Candidate } from "./align.ts";
import type { LoopGroup } from "./kernel-draft.ts";
import type { View } from "./view.ts";

/** Groups that one search gives. Those that came before have hardly what a later operation could join. */
const mostGiven = 32;

/** Parts of so many elements repay a kernel of their own. */
const largePart = 16_384;

/** Which groups read a value, or the same part of it: those that further operations on it may join. */
export class Readers {
  /** By value, then by loops and part, in the order of their ids. */
  readonly #groups = new Map<Value, Map<string, LoopGroup[]>>();

  add(view: View, group: LoopGroup): void {
    if (sizeOf(view.base.shape) > 1) this.#add(view.base, partOf(view), group);
  }

  #add(base: Value, part: number, group: LoopGroup): void {
    let parts = group.reads.get(base);
    if (parts === undefined) group.reads.set(base, (parts = new Set()));
    if (parts.has(part)) return;
    parts.add(part);
    this.#list(base, part, group);
  }

  #list(base: Value, part: number, group: LoopGroup): void {
    let byLoops = this.#groups.get(base);
    if (byLoops === undefined) this.#groups.set(base, (byLoops = new Map<string, LoopGroup[]>()));
    const key = keyOf(group.loops, part);
    const list = byLoops.get(key);
    if (list === undefined) byLoops.set(key, [group]);
    else if (list[placeOf(list, group.id)] !== group) list.splice(placeOf(list, group.id), 0, group);
  }

  /** Puts a group that was taken out into the lists of the loops that it has now. */
  restore(group: LoopGroup): void {
    for (const [base, parts] of group.reads) for (const part of parts) this.#list(base, part, group);
  }

  /** Lets a group read what another reads, which is taken out of all lists. */
  move(from: LoopGroup, to: LoopGroup): void {
    this.remove(from);
    for (const [base, parts] of from.reads) for (const part of parts) this.#add(base, part, to);
  }

  /** Takes a group out of all lists. */
  remove(group: LoopGroup): void {
    for (const [base, parts] of group.reads) {
      for (const part of parts) {
        const list = this.#groups.get(base)?.get(keyOf(group.loops, part)) ?? [];
        const at = placeOf(list, group.id);
        if (list[at] === group) list.splice(at, 1);
      }
    }
  }

  /** Groups with the loops of an operation that read any of its operands, the latest first, without those already known. */
  latest({ operands, loops }: Candidate, known: readonly LoopGroup[]): readonly LoopGroup[] {
    const found: LoopGroup[] = [];
    for (const view of operands) {
      const list = this.#groups.get(view.base)?.get(keyOf(loops, partOf(view)));
      if (list === undefined) continue;
      for (let i = Math.max(0, list.length - mostGiven); i < list.length; i++) {
        const group = list[i]!;
        if (!known.includes(group) && !found.includes(group)) found.push(group);
      }
    }
    return found.length > 1 ? found.sort((a, b) => b.id - a.id).slice(0, mostGiven) : found;
  }
}

/**
 * Where a view begins that sees a large part of its base, but no more than half of it; -1 of others. What reads such parts
 * that begin elsewhere shares nothing: together they would only evict each other from the cache.
 */
function partOf({ base, shape, offset, strides }: View): number {
  let first = offset;
  let last = offset;
  let seen = 1;
  for (let axis = 0; axis < shape.length; axis++) {
    const reach = strides[axis]! * (shape[axis]! - 1);
    if (reach < 0) first += reach;
    else last += reach;
    if (strides[axis] !== 0) seen *= shape[axis]!;
  }
  return seen >= largePart && 2 * (last + 1 - first) <= sizeOf(base.shape) ? first : -1;
}

/** Loops and part as text: mostly that of the loops, which is there. */
function keyOf(loops: string, part: number): string {
  return part < 0 ? loops : `${loops} ${part}`;
}

/** The place of a group in a list by id, or where it belongs. */
function placeOf(list: readonly LoopGroup[], id: number): number {
  let from = 0;
  let to = list.length;
  if (to > 0 && list[to - 1]!.id < id) return to;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (list[middle]!.id < id) from = middle + 1;
    else to = middle;
  }
  return from;
}
