import type { Value } from "./graph.ts";

/** Values of a page: of a graph that was rebuilt some times, those that are left have numbers far from 0. */
const pageBits = 9;
const pageSize = 2 ** pageBits;

/** What is known of the values of one graph, by their numbers: faster than a map where there is something of most. */
export class ValueMap<T> {
  readonly #pages: ((T | undefined)[] | undefined)[] = [];

  get({ id }: Value): T | undefined {
    return this.#pages[id >> pageBits]?.[id & (pageSize - 1)];
  }

  set({ id }: Value, known: T): void {
    const at = id >> pageBits;
    // An array that is written far beyond its end becomes a slow one.
    while (this.#pages.length <= at) this.#pages.push(undefined);
    const page = (this.#pages[at] ??= new Array<T | undefined>(pageSize).fill(undefined));
    page[id & (pageSize - 1)] = known;
  }
}
