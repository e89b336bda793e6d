import { PriorityQueue } from "./priority-queue.ts";

/** Dependencies that one search looks at. What takes longer to tell counts as dependent: a fusion less, no more. */
const longestSearch = 4096;

let searches = 0;

interface Search {
  readonly number: number;
  left: number;
  readonly pending: Draft[];
}

/** A kernel while kernels are put together, among others that must run before and after it. */
export abstract class Draft {
  readonly id: number;
  readonly #dependencies = new Set<Draft>();
  readonly #dependents = new Set<Draft>();
  /** More than that of every dependency. */
  #level = 0;
  /** What it was found to need: it always will. Later searches that come here end here. */
  readonly #needed = new Set<Draft>();
  /** The last of them: what one asks for next often lies behind it. */
  #found: Draft | undefined;
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
    return Draft.#anyNeeds(this.#dependencies, other, false);
  }

  /** Whether any of `drafts` is `other` or needs it to have run, directly or through others. */
  static needs(drafts: readonly Draft[], other: Draft): boolean {
    return drafts.length > 0 && Draft.#anyNeeds(drafts, other, true);
  }

  /** @param itself whether `other` counts if it is among `drafts` */
  static #anyNeeds(drafts: Iterable<Draft>, other: Draft, itself: boolean): boolean {
    if (other.#dependents.size === 0 && !itself) return false;
    for (const draft of drafts) if (draft.#needed.has(other)) return true;
    const search: Search = { number: ++searches, left: longestSearch, pending: [] };
    for (const draft of drafts) {
      if (draft === other && !itself) continue;
      if (!draft.#finds(other, search)) continue;
      if (draft !== other && search.left >= 0) {
        draft.#needed.add(other);
        draft.#found = other;
      }
      return true;
    }
    return false;
  }

  #finds(other: Draft, search: Search): boolean {
    if (this.#leadsTo(other, search)) return true;
    if (this.#found !== undefined && this.#found.#leadsTo(other, search)) return true;
    const { pending } = search;
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      for (const dependency of next.#dependencies) if (dependency.#leadsTo(other, search)) return true;
    }
    return false;
  }

  /** Whether this is what is searched for, or the search ends here; looks further later if it may lead there. */
  #leadsTo(other: Draft, search: Search): boolean {
    if (this === other || this.#needed.has(other)) return true;
    if (other.#dependents.size === 0) return false;
    if (search.left-- <= 0) return true;
    if (this.#search === search.number || this.#level <= other.#level) return false;
    this.#search = search.number;
    // Only what lies on a higher level can need it. Of that the lowest comes first, as it leads there soonest.
    const { pending } = search;
    const last = pending.at(-1);
    if (last !== undefined && last.#level < this.#level) {
      pending[pending.length - 1] = this;
      pending.push(last);
    } else pending.push(this);
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
