import { arange, manualSeed, tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { DataLoader } from "./data-loader.ts";
import type { DataLoaderState } from "./loader-state.ts";
import type { DataLoaderOptions } from "./options.ts";
import type { BatchList, BatchOrder } from "../samplers/batch-order.ts";
import { pipeline } from "../pipeline/pipeline.ts";
import { BatchSampler } from "../samplers/batch-sampler.ts";
import { RandomSampler } from "../samplers/random-sampler.ts";
import type { Sampler } from "../samplers/sampler.ts";
import { SequentialSampler } from "../samplers/sequential-sampler.ts";
import { WeightedSampler } from "../samplers/weighted-sampler.ts";
import { TensorDataset } from "../tensor-dataset.ts";

const pairs = new TensorDataset(arange(10));
type Loader = DataLoader<[ReturnType<typeof arange>], [ReturnType<typeof arange>]>;

/** A sampler of one's own whose orders nobody can draw again. */
class Dice implements Sampler {
  readonly length = 10;
  readonly #order = arange(10).toArray() as number[];
  indices(): Int32Array {
    return Int32Array.from(
      this.#order.map((index) => [Math.random(), index]).toSorted(([a], [b]) => a! - b!),
      (e) => e[1]!,
    );
  }
}

/** One with a state that moves on with every order that it draws. */
class Counting implements Sampler {
  readonly length = 10;
  #drawn = Math.floor(Math.random() * 1000);
  indices(): Int32Array {
    return new RandomSampler(10, { seed: this.#drawn++ }).indices(0);
  }
  stateDict(): { drawn: number } {
    return { drawn: this.#drawn };
  }
  loadStateDict(state: { drawn: number }): void {
    this.#drawn = state.drawn;
  }
}

const samplers: Readonly<Record<string, (() => Sampler) | undefined>> = {
  "no sampler": undefined,
  SequentialSampler: () => new SequentialSampler(10),
  RandomSampler: () => new RandomSampler(10),
  WeightedSampler: () => new WeightedSampler([1, 2, 3, 4, 5, 4, 3, 2, 1, 0], { samples: 11 }),
  "one of no state": () => new Dice(),
  "one of a moving state": () => new Counting(),
};

const read = (batches: Iterable<[{ readonly data: ArrayLike<number> }]>): number[][] =>
  Array.from(batches, ([x]) => Array.from(x.data));

describe.each(Object.entries(samplers))("a loader with %s", (name, make) => {
  const fresh = (options: { dropLast?: boolean } = {}): Loader =>
    new DataLoader(pairs, {
      batchSize: 3,
      ...options,
      ...(make === undefined ? { shuffle: true } : { sampler: make() }),
    });

  it.each([false, true])("resumes with exactly the batches that were still to come, dropLast %s", (dropLast) => {
    for (let stop = 0; stop <= (dropLast ? 3 : 4); stop++) {
      const one = fresh({ dropLast });
      read(one);
      const loop = one[Symbol.iterator]();
      for (let i = 0; i < stop; i++) loop.next();
      const saved = JSON.stringify(one.stateDict());
      const other = fresh({ dropLast });
      other.loadStateDict(JSON.parse(saved) as DataLoaderState);
      expect(JSON.stringify(other.stateDict())).toBe(saved);
      expect(read(other)).toEqual(read(loop));
      // Of a sampler without state, nobody knows what comes after.
      if (name !== "one of no state") expect([read(other), read(other)]).toEqual([read(one), read(one)]);
    }
  });

  it("is resumed after a loop was left early, and goes on itself with the next epoch", () => {
    const one = fresh();
    const seen: number[][] = [];
    for (const batch of one) {
      seen.push(...read([batch]));
      if (seen.length === 2) break;
    }
    const other = fresh();
    other.loadStateDict(one.stateDict());
    seen.push(...read(other));
    if (name !== "WeightedSampler")
      expect(seen.flat().toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    read(one);
    expect([one.epoch, other.epoch]).toEqual([2, 1]);
  });

  it("has the state of the loop that began last", () => {
    const one = fresh();
    const [early, late] = [one[Symbol.iterator](), one[Symbol.iterator]()];
    early.next();
    late.next();
    late.next();
    early.next();
    const other = fresh();
    other.loadStateDict(one.stateDict());
    expect(other.epoch).toBe(1);
    expect(read(other)).toEqual(read(late));
    expect(read(early)).toHaveLength(2);
  });
});

describe("a loader with batches of one's own", () => {
  /** Batches of like samples, other ones in each epoch. */
  class Buckets implements BatchOrder {
    readonly length = 3;
    #first: number;
    constructor(first: number) {
      this.#first = first;
    }
    *batches(epoch: number): Generator<number[]> {
      for (const batch of [[0, 1, 2, 3], [4], [5, 6, 7]]) yield batch.map((i) => (i + this.#first + epoch) % 10);
    }
    stateDict(): { first: number } {
      return { first: this.#first };
    }
    loadStateDict(state: { first: number }): void {
      this.#first = state.first;
    }
  }
  const fixed = [[9, 1], Int32Array.of(2), [3, 3, 4]];

  it("reads those batches, in each epoch those of the epoch", async () => {
    const loader = new DataLoader(pairs, { batchSampler: fixed });
    expect([loader.length, loader.batchSize]).toEqual([3, undefined]);
    for (let epoch = 0; epoch < 2; epoch++) expect(read(loader)).toEqual([[9, 1], [2], [3, 3, 4]]);
    const buckets = new DataLoader(pairs, { batchSampler: new Buckets(0) });
    expect(read(buckets)).toEqual([[0, 1, 2, 3], [4], [5, 6, 7]]);
    const seen: number[][] = [];
    for await (const batch of buckets) seen.push(...read([batch]));
    expect(seen).toEqual([[1, 2, 3, 4], [5], [6, 7, 8]]);
    const cut = new DataLoader(pairs, { batchSampler: new BatchSampler(new SequentialSampler(10), { batchSize: 4 }) });
    expect(read(cut)).toEqual([[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]); // prettier-ignore
  });

  it.each([0, 1, 2, 3])("goes on after %i batches with those that were still to come", (stop) => {
    const one = new DataLoader(pairs, { batchSampler: new Buckets(3) });
    read(one);
    const loop = one[Symbol.iterator]();
    for (let i = 0; i < stop; i++) loop.next();
    const saved = JSON.parse(JSON.stringify(one.stateDict())) as DataLoaderState;
    const other = new DataLoader(pairs, { batchSampler: new Buckets(0) });
    other.loadStateDict(saved);
    expect(other.stateDict()).toEqual(saved);
    expect(read(other)).toEqual(read(loop));
    expect(read(other)).toEqual(read(one));
  });

  it("refuses what is no batch, and a state of other batches", () => {
    const loads = (batchSampler: unknown): unknown => [
      ...new DataLoader(pairs, { batchSampler: batchSampler as BatchList }),
    ];
    expect(() => loads([[0], [10]])).toThrow("DataLoader: expected an index from 0 to 9, got 10.");
    expect(() => loads([[0], [0.5]])).toThrow("DataLoader: expected an index from 0 to 9, got 0.5.");
    expect(() => loads([[0], []])).toThrow("DataLoader: expected at least one index in batch 1, got none.");
    expect(() => loads([[0], 1])).toThrow("DataLoader: expected a list of indices, got 1.");
    expect(() => loads([])).toThrow("expected a batchSampler with at least one batch, got an empty one.");
    expect(() => loads({ length: 2, batches: () => [[0]] })).toThrow(
      "DataLoader: expected 2 batches of the batchSampler, got 1.",
    );
    function* endless(): Generator<number[]> {
      for (;;) yield [0];
    }
    expect(() => loads({ length: 2, batches: endless })).toThrow("expected 2 batches of the batchSampler, got more.");
    expect(() => loads(7)).toThrow(
      "DataLoader: expected batchSampler to be lists of indices, or an object with length",
    );
    for (const other of [{ batchSize: 2 }, { shuffle: true }, { sampler: new Dice() }, { dropLast: true }]) {
      expect(() => new DataLoader(pairs, { batchSampler: fixed, ...other })).toThrow(
        `DataLoader: expected either batchSampler or ${Object.keys(other)[0]}, got both.`,
      );
    }
    expect(() => new DataLoader(pipeline([1, 2]), { batchSampler: fixed })).toThrow(
      "expected no batchSampler for a stream",
    );
    const loader = new DataLoader(pairs, { batchSampler: fixed });
    const state = loader.stateDict();
    for (const [wrong, message] of [
      [{ rest: [[0], [1]] }, "expected 3 batches still to come, got 2."],
      [{ rest: [[0], [1], []] }, "expected 3 batches still to come, each of at least one index, got an empty one."],
      [{ rest: [0, 1, 2] }, "expected rest to be a list of values"],
      [{ rest: [[0], [1], [10]] }, "expected rest to be a list of values"],
      [{ position: 4 }, "expected position from 0 to 3, got 4."],
      [new DataLoader(pairs, { batchSize: 2 }).stateDict(), "expected samples null, got 10."],
    ] as const) {
      expect(() => loader.loadStateDict({ ...state, ...wrong })).toThrow(message);
      expect(loader.stateDict()).toEqual(state);
    }
  });
});

describe("a loader's state", () => {
  it("of another sampler is refused, and nothing changes", () => {
    const make = (options: Partial<DataLoaderOptions<[ReturnType<typeof arange>], never>>): Loader =>
      new DataLoader(pairs, { batchSize: 3, ...options } as DataLoaderOptions<
        [ReturnType<typeof arange>],
        never
      >) as never;
    manualSeed(5);
    const loaders = [
      make({}),
      make({ shuffle: true }),
      make({ sampler: new WeightedSampler(Array<number>(10).fill(1)) }),
      make({ sampler: new WeightedSampler([...Array<number>(9).fill(1), 2]) }),
      make({ sampler: new Dice() }),
      make({ sampler: new Counting() }),
    ];
    for (const [i, one] of loaders.entries()) {
      for (const [j, other] of loaders.entries()) {
        const before = one.stateDict();
        if (i !== j) expect(() => one.loadStateDict(other.stateDict()), `${j} into ${i}`).toThrow(ValueError);
        expect(one.stateDict()).toEqual(before);
      }
    }
  });

  it.each<[Partial<DataLoaderState>, string]>([
    [{ rest: [0, 1, 2] }, "DataLoader.loadStateDict: expected 10 indices still to come, got 3."],
    [
      { rest: [0, 1, 2, 3, 4, 5, 6, 7, 8, 10] },
      "DataLoader.loadStateDict: expected rest to be a list of values, each an index",
    ],
    [{ position: 1 }, "DataLoader.loadStateDict: expected 7 indices still to come, got 10."],
  ])("with wrong indices is refused (%o)", (wrong, message) => {
    const loader = new DataLoader(pairs, { batchSize: 3, sampler: new Dice() });
    const state = loader.stateDict();
    expect(() => loader.loadStateDict({ ...state, ...wrong })).toThrow(message);
    expect(loader.stateDict()).toEqual(state);
  });

  it("counts a batch that could not be read as still to come", () => {
    let broken = true;
    const get = (index: number): number => {
      if (index === 4 && broken) throw new RangeError("no file");
      return index;
    };
    const loader = new DataLoader({ length: 6, get }, { batchSize: 2 });
    const loop = loader[Symbol.iterator]();
    loop.next();
    loop.next();
    expect(() => loop.next()).toThrow("no file");
    broken = false;
    const other = new DataLoader({ length: 6, get }, { batchSize: 2 });
    other.loadStateDict(loader.stateDict());
    expect(Array.from(other, (batch) => batch.toArray())).toEqual([[4, 5]]);
  });
});

describe("a data set or sampler that changes", () => {
  it("is refused at the next epoch", () => {
    const samples = [1, 2, 3];
    const dataset = {
      get length() {
        return samples.length;
      },
      get: (index: number) => samples[index]!,
    };
    const loader = new DataLoader(dataset, { batchSize: 2 });
    const loop = loader[Symbol.iterator]();
    loop.next();
    samples.push(4);
    expect(loop.next().value?.toArray()).toEqual([3]);
    expect(loop.next().done).toBe(true);
    expect(() => [...loader]).toThrow(ValueError);
    expect(() => [...loader]).toThrow(
      "DataLoader: expected a data set of 3 samples, as when the loader was made, got 4. Make a new loader.",
    );
    expect(Array.from(new DataLoader(dataset, { batchSize: 4 }), (batch) => batch.toArray())).toEqual([[1, 2, 3, 4]]);
  });

  it.each([[[0, 1]], [[0, 1, 2, 3]], [[0, 1, 0.5]], [[0, 1, -1]], [[0, 1, NaN]]])(
    "is refused with indices %o",
    (order) => {
      const sampler = { length: 3, indices: () => order as unknown as Int32Array };
      const loader = new DataLoader(new TensorDataset(tensor([1, 2, 3])), { batchSize: 2, sampler });
      expect(() => [...loader]).toThrow(ValueError);
    },
  );
});
