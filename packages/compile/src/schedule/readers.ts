import { sizeOf } from "@tapegrad/tensor/internal";
import type { Value } from "../graph/graph.ts";
import type { LoopGroup } from "./kernel-draft.ts";

/** Groups that one search gives. Those that came before have hardly what a later operation could join. */
const mostGiven = 32;

/** Which groups read a value: those that further operations on it may join. */
export class Readers {
  /** By value and extents, in the order of their ids. */
  readonly #groups = new Map<Value, Map<string, LoopGroup[]>>();

  add(base: Value, group: LoopGroup): void {
    if (sizeOf(base.shape) === 1 || group.reads.has(base)) return;
    group.reads.add(base);
    const key = group.extents.join();
    let byExtents = this.#groups.get(base);
    if (byExtents === undefined) this.#groups.set(base, (byExtents = new Map<string, LoopGroup[]>()));
    const list = byExtents.get(key);
    if (list === undefined) byExtents.set(key, [group]);
    else list.splice(placeOf(list, group.id), 0, group);
  }

  /** Takes a group out of all lists. */
  remove(group: LoopGroup): void {
    const key = group.extents.join();
    for (const base of group.reads) {
      const list = this.#groups.get(base)?.get(key) ?? [];
      const at = placeOf(list, group.id);
      if (list[at] === group) list.splice(at, 1);
    }
  }

  /** Groups with loops of these extents that read any of `bases`, the latest first, without those already known. */
  latest(bases: readonly Value[], extents: readonly number[], known: ReadonlySet<LoopGroup>): LoopGroup[] {
    const key = extents.join();
    const found = new Set<LoopGroup>();
    for (const base of new Set(bases)) {
      const list = this.#groups.get(base)?.get(key) ?? [];
      for (const group of list.slice(-mostGiven)) if (!known.has(group)) found.add(group);
    }
    return [...found].sort((a, b) => b.id - a.id).slice(0, mostGiven);
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
