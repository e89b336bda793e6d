import { PriorityQueue } from "./priority-queue.ts";

/** Dependencies that one search looks at. What takes longer to tell counts as dependent: a fusion less, no more. */
const longestSearch = 4096;

let searches = 0;

/** A kernel while kernels are put together, among others that must run before and after it. */
export abstract class Draft {
  readonly id: number;
  readonly #dependencies = new Set<Draft>();
  readonly #dependents = new Set<Draft>();
  /** More than that of every dependency. */
  #level = 0;
  /** The search that came here last. */
  #search = 0;

  constructor(id: number) {
    this.id = id;
  }

  /** Lets another run before this one. */
  dependOn(other: Draft): void {
    if (other === this || this.#dependencies.has(other)) return;
    this.#dependencies.add(other);
    other.#dependents.add(this);
    if (other.#level >= this.#level) this.#raise(other.#level + 1);
  }

  /** Takes the place of another, whose dependencies and dependents become those of this one. */
  absorb(other: Draft): void {
    for (const dependency of other.#dependencies) {
      dependency.#dependents.delete(other);
      this.dependOn(dependency);
    }
    for (const dependent of other.#dependents) {
      dependent.#dependencies.delete(other);
      dependent.dependOn(this);
    }
  }

  /** Whether this one needs another by way of a third. */
  leadsThroughThirdTo(other: Draft): boolean {
    const thirds = new Set(this.#dependencies);
    thirds.delete(other);
    return Draft.needs(thirds, other);
  }

  /** Whether any of `drafts` is `other` or needs it to have run, directly or through others. */
  static needs(drafts: Iterable<Draft>, other: Draft): boolean {
    const search = ++searches;
    const pending: Draft[] = [];
    let left = longestSearch;
    // Only what lies on a higher level can need it. Of that the lowest comes first, as it leads there soonest.
    const look = (draft: Draft): boolean => {
      if (draft === other) return true;
      if (other.#dependents.size === 0) return false;
      if (left-- <= 0) return true;
      if (draft.#search === search || draft.#level <= other.#level) return false;
      draft.#search = search;
      const last = pending.at(-1);
      pending.push(draft);
      if (last !== undefined && last.#level < draft.#level) pending.splice(-2, 2, draft, last);
      return false;
    };
    for (const draft of drafts) if (look(draft)) return true;
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      for (const dependency of next.#dependencies) if (look(dependency)) return true;
    }
    return false;
  }

  /** Moves to a higher level, and what depends on it as far as it must. */
  #raise(level: number): void {
    // In the order of the old levels each is met when all that lifts it is known.
    const pending = new PriorityQueue<Draft>();
    const lifted = new Map<Draft, number>([[this, level]]);
    pending.add(this, this.#level);
    for (let next = pending.take(); next !== undefined; next = pending.take()) {
      const to = lifted.get(next)!;
      next.#level = to;
      for (const dependent of next.#dependents) {
        if (dependent.#level > to) continue;
        const known = lifted.get(dependent);
        if (known === undefined) pending.add(dependent, dependent.#level);
        lifted.set(dependent, Math.max(known ?? 0, to + 1));
      }
    }
  }
}
