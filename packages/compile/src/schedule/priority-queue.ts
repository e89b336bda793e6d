/** Gives what is in it by priority, the least number first. */
export class PriorityQueue<T> {
  // A heap: no entry comes before its parent, that at half its place.
  readonly #entries: { readonly item: T; readonly priority: number }[] = [];

  /** What {@link take} would give. */
  get first(): T | undefined {
    return this.#entries[0]?.item;
  }

  add(item: T, priority: number): void {
    const entries = this.#entries;
    const entry = { item, priority };
    let at = entries.push(entry) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = entries[above]!;
      if (parent.priority <= priority) break;
      entries[at] = parent;
      at = above;
    }
    entries[at] = entry;
  }

  /** Takes out the first; undefined if there is none. */
  take(): T | undefined {
    const entries = this.#entries;
    const first = entries[0];
    const last = entries.pop();
    if (last === undefined || entries.length === 0) return last?.item;
    let at = 0;
    for (let below = 1; below < entries.length; below = 2 * at + 1) {
      const right = entries[below + 1];
      if (right !== undefined && right.priority < entries[below]!.priority) below++;
      const child = entries[below]!;
      if (child.priority >= last.priority) break;
      entries[at] = child;
      at = below;
    }
    entries[at] = last;
    return first?.item;
  }
}
