import { sizeOf } from "@tapegrad/tensor/internal";
import type { Value } from "../graph/graph.ts";
import type { Candidate } from "./align.ts";
import type { LoopGroup } from "./kernel-draft.ts";

/** Groups that one search gives. Those that came before have hardly what a later operation could join. */
const mostGiven = 32;

/** Which groups read a value: those that further operations on it may join. */
export class Readers {
  /** By value and loops, in the order of their ids. */
  readonly #groups = new Map<Value, Map<string, LoopGroup[]>>();

  add(base: Value, group: LoopGroup): void {
    if (sizeOf(base.shape) === 1 || group.reads.has(base)) return;
    group.reads.add(base);
    let byExtents = this.#groups.get(base);
    if (byExtents === undefined) this.#groups.set(base, (byExtents = new Map<string, LoopGroup[]>()));
    const list = byExtents.get(group.loops);
    if (list === undefined) byExtents.set(group.loops, [group]);
    else list.splice(placeOf(list, group.id), 0, group);
  }

  /** Takes a group out of all lists. */
  remove(group: LoopGroup): void {
    for (const base of group.reads) {
      const list = this.#groups.get(base)?.get(group.loops) ?? [];
      const at = placeOf(list, group.id);
      if (list[at] === group) list.splice(at, 1);
    }
  }

  /** Groups with the loops of an operation that read any of its operands, the latest first, without those already known. */
  latest({ operands, loops }: Candidate, known: readonly LoopGroup[]): readonly LoopGroup[] {
    const found: LoopGroup[] = [];
    for (const { base } of operands) {
      const list = this.#groups.get(base)?.get(loops);
      if (list === undefined) continue;
      for (let i = Math.max(0, list.length - mostGiven); i < list.length; i++) {
        const group = list[i]!;
        if (!known.includes(group) && !found.includes(group)) found.push(group);
      }
    }
    return found.length > 1 ? found.sort((a, b) => b.id - a.id).slice(0, mostGiven) : found;
  }
}

/** The place of a group in a list by id, or where it belongs. */
function placeOf(list: readonly LoopGroup[], id: number): number {
  let [from, to] = [0, list.length];
  if (to > 0 && list[to - 1]!.id < id) return to;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (list[middle]!.id < id) from = middle + 1;
    else to = middle;
  }
  return from;
}
