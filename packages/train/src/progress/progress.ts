import { expectNothing, expectValue, settleOptions, type ValueRange } from "@tapegrad/tensor/internal";
import { Meter, metricsRange, type ProgressOptions, progressTable, type ShownMetrics } from "./meter.ts";

/** What `progress` gives: to be iterated like what it was given. */
export interface Progress<T> extends Iterable<T>, AsyncIterable<T> {
  /** Shows these figures beside the bar from its next drawing on. Tensors are read then, and not in every iteration. */
  set(metrics: ShownMetrics): void;
}

type Source<T> = Iterable<T> | AsyncIterable<T>;

const sourceRange: ValueRange<Source<unknown>> = {
  text: "to be an iterable or async iterable",
  has: (value): value is Source<unknown> =>
    value !== null && typeof value === "object" && (Symbol.iterator in value || Symbol.asyncIterator in value),
};

/**
 * Shows how far a loop has come: done, total, time, estimated rest, rate, and figures of one's own.
 *
 * In a terminal it is a bar on standard error, drawn at most every 0.1 s; without a terminal or with `CI` set, a plain line
 * every 10 s and one at the end; in browsers such lines in the console, or whatever `show` does. `for await` takes async
 * iterables. The rate is a moving average over the drawings. Leaving the loop early ends the bar.
 *
 * @param iterable whatever can be iterated; of a loader, an array or a set the total is known
 * @throws {ValueError} for anything else, or an option that is not allowed; by a plain `for` loop over an async iterable
 * @example
 * const bar = progress([3, 1, 2], { description: "sum", silent: true });
 * let sum = 0;
 * for (const value of bar) {
 *   sum += value;
 *   bar.set({ sum });
 * }
 * sum; // => 6
 */
export function progress<T>(iterable: Source<T>, options: ProgressOptions = {}): Progress<T> {
  expectValue("progress", "iterable", iterable, sourceRange);
  const settled = settleOptions("progress", options, progressTable);
  return new ProgressLoop(iterable, { ...settled, total: settled.total ?? lengthOf(iterable) });
}

class ProgressLoop<T> implements Progress<T> {
  static readonly name: string = "Progress";
  readonly #source: Source<T>;
  readonly #options: Required<ProgressOptions>;
  #metrics: ShownMetrics | undefined;
  /** That of the loop which started last. */
  #meter: Meter | undefined;

  constructor(source: Source<T>, options: Required<ProgressOptions>) {
    this.#source = source;
    this.#options = options;
    this.#metrics = options.metrics;
  }

  set(metrics: ShownMetrics, ...none: []): void {
    expectNothing("Progress.set", none);
    expectValue("Progress.set", "metrics", metrics, metricsRange);
    this.#metrics = metrics;
    if (this.#meter !== undefined) this.#meter.metrics = metrics;
  }

  *[Symbol.iterator](): Generator<T, void, undefined> {
    const source = this.#source;
    expectValue("progress", "iterable", source, plainRange);
    const meter = this.#begin();
    try {
      for (const item of source as Iterable<T>) {
        yield item;
        meter.count();
      }
    } finally {
      meter.close();
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    const meter = this.#begin();
    try {
      for await (const item of this.#source) {
        yield item;
        meter.count();
      }
    } finally {
      meter.close();
    }
  }

  #begin(): Meter {
    this.#meter = new Meter({ ...this.#options, metrics: this.#metrics });
    return this.#meter;
  }
}

const plainRange: ValueRange<Iterable<unknown>> = {
  text: "to be iterable without waiting in a plain loop (write for await)",
  has: (value): value is Iterable<unknown> => Symbol.iterator in (value as object),
};

/** The number of items, of what says it. */
function lengthOf(iterable: object): number | undefined {
  const { length, size } = iterable as { readonly length?: unknown; readonly size?: unknown };
  const known = length ?? size;
  return typeof known === "number" && Number.isSafeInteger(known) && known >= 0 ? known : undefined;
}
