import { arange, manualSeed, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { DataLoader } from "./data-loader.ts";
import type { DataLoaderState } from "./loader-state.ts";
import type { DataLoaderOptions } from "./options.ts";
import { RandomSampler } from "../samplers/random-sampler.ts";
import type { Sampler } from "../samplers/sampler.ts";
import { SequentialSampler } from "../samplers/sequential-sampler.ts";
import { SubsetRandomSampler } from "../samplers/subset-random-sampler.ts";
import { WeightedSampler } from "../samplers/weighted-sampler.ts";
import { TensorDataset } from "../tensor-dataset.ts";
import { Dice } from "../../test/fixtures/dice.ts";

const pairs = new TensorDataset(arange(10));
type Loader = DataLoader<[ReturnType<typeof arange>]>;

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
  "RandomSampler with replacement": () => new RandomSampler(10, { replacement: true, numSamples: 11 }),
  SubsetRandomSampler: () => new SubsetRandomSampler([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
  "a list of indices": () => [3, 1, 4, 0, 5, 9, 2, 6, 8, 7] as never,
  WeightedSampler: () => new WeightedSampler([1, 2, 3, 4, 5, 4, 3, 2, 1, 0], { numSamples: 11 }),
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
    if (name !== "WeightedSampler" && name !== "RandomSampler with replacement")
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
