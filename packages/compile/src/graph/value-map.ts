import type { Value } from "./graph.ts";

/** What is known of the values of one graph, by their numbers: faster than a map where there is something of most. */
export class ValueMap<T> {
  readonly #known: (T | undefined)[] = [];

  get({ id }: Value): T | undefined {
    return id < this.#known.length ? this.#known[id] : undefined;
  }

  set({ id }: Value, known: T): void {
    // An array that is written far beyond its end becomes a slow one.
    while (this.#known.length <= id) this.#known.push(undefined);
    this.#known[id] = known;
  }
}
