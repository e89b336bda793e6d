import type { Value } from "./graph.ts";

/** Values of a page: of a graph that was rebuilt some times, those that are left have numbers far from 0. */
const pageSize = 512;

/** What is known of the values of one graph, by their numbers: faster than a map where there is something of most. */
export class ValueMap<T> {
  readonly #pages: ((T | undefined)[] | undefined)[] = [];

  get({ id }: Value): T | undefined {
    const at = Math.floor(id / pageSize);
    return at < this.#pages.length ? this.#pages[at]?.[id % pageSize] : undefined;
  }

  set({ id }: Value, known: T): void {
    const at = Math.floor(id / pageSize);
    // An array that is written far beyond its end becomes a slow one.
    while (this.#pages.length <= at) this.#pages.push(undefined);
    const page = (this.#pages[at] ??= new Array<T | undefined>(pageSize).fill(undefined));
    page[id % pageSize] = known;
  }
}
