import { userLine } from "@tapegrad/tensor/internal";
import type { Difference } from "./differences.ts";

/** So many plans of one function call for a word. */
const many = 32;
/** Causes that are named at most. */
const mostNamed = 3;

/** Counts the plans that were built of one function, and says once why they are many. */
export class Rebuilds {
  readonly #name: string;
  #count = 0;
  /** What made plans necessary: how often, and the last time. */
  readonly #causes = new Map<string, { readonly last: Difference; readonly times: number }>();

  /** @param name that of the function; empty if it has none */
  constructor(name: string) {
    this.#name = name;
  }

  /** Plans that were built. */
  get count(): number {
    return this.#count;
  }

  /** Whether it is still to say why. */
  get wantsCauses(): boolean {
    return this.#count < many;
  }

  /** Counts one, with what it differs in from the plan that is most like it. */
  add(differences: readonly Difference[]): void {
    this.#count++;
    for (const last of differences) {
      this.#causes.set(last.what, { last, times: (this.#causes.get(last.what)?.times ?? 0) + 1 });
    }
    if (this.#count !== many) return;
    console.warn(this.#text());
    this.#causes.clear();
  }

  #text(): string {
    const causes = [...this.#causes.values()].toSorted((a, b) => b.times - a.times).slice(0, mostNamed);
    const texts = causes.map(({ last: { what, values, remedy }, times }) => {
      const change = values === undefined ? "" : `, the last time from ${values[0]} to ${values[1]}`;
      return `${what} changed (${times} times${change}): ${remedy}`;
    });
    const why = texts.length === 0 ? "" : ` ${capitalized(texts.join("; "))}.`;
    const line = userLine(new Error());
    return (
      `compile: ${many} plans were built of ${this.#name === "" ? "a function" : this.#name}, each at the price of many ` +
      `calls.${why}${line === undefined ? "" : ` At ${line}.`}`
    );
  }
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
