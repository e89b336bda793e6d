import { ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { BatchSampler } from "./batch-sampler.ts";
import { permutation } from "./permutation.ts";
import { RandomSampler } from "./random-sampler.ts";
import { type Purpose, randomWords } from "./random-words.ts";
import { SequentialSampler } from "./sequential-sampler.ts";
import { SubsetRandomSampler } from "./subset-random-sampler.ts";
import { WeightedSampler } from "./weighted-sampler.ts";

const counted = (length: number): number[] => Array.from({ length }, (_, index) => index);

describe("permutation", () => {
  it("has every number once", () => {
    for (const length of [0, 1, 2, 7, 1000]) {
      const order = permutation(length, 3, "shuffle", 0);
      expect([...order].toSorted((a, b) => a - b)).toEqual(counted(length));
    }
  });

  it("is uniform: each of the 24 orders of 4 comes about equally often", () => {
    const counts = new Map<string, number>();
    for (let epoch = 0; epoch < 12_000; epoch++) {
      const key = permutation(4, 1, "shuffle", epoch).join("");
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 500) ** 2 / 500, 0);
    expect(chiSquare).toBeLessThan(49.7); // 23 degrees of freedom, p = 0.001
  });

  it("depends on seed, purpose and epoch, also beyond 32 bits", () => {
    const orders = [
      permutation(50, 1, "shuffle", 0),
      permutation(50, 2, "shuffle", 0),
      permutation(50, 1, "split", 0),
      permutation(50, 1, "shuffle", 1),
      permutation(50, 1 + 2 ** 32, "shuffle", 0),
    ].map(String);
    expect(new Set(orders).size).toBe(orders.length);
  });

  it("starts with the same words however many are drawn", () => {
    expect([...randomWords(7, 5, "shuffle", 2)]).toEqual([...randomWords(50, 5, "shuffle", 2).subarray(0, 7)]);
  });

  it("has other words for each purpose", () => {
    const purposes: Readonly<Record<Purpose, true>> = {
      ...{ shuffle: true, split: true, weighted: true, buffer: true, crop: true },
      ...{ horizontalFlip: true, verticalFlip: true, replacement: true },
    };
    const words = Object.keys(purposes).map((purpose) => randomWords(4, 5, purpose as Purpose, 2).join());
    expect(new Set(words).size).toBe(words.length);
  });
});

describe("samplers", () => {
  it("SequentialSampler counts up", () => {
    expect([...new SequentialSampler(4).indices()]).toEqual([0, 1, 2, 3]);
  });

  it("RandomSampler returns to any epoch", () => {
    const sampler = new RandomSampler(20, { seed: 6 });
    const third = [...sampler.indices(3)];
    expect([...sampler.indices(0)]).not.toEqual(third);
    expect([...new RandomSampler(20, { seed: 6 }).indices(3)]).toEqual(third);
  });

  it("RandomSampler draws with replacement, each index as often as another", () => {
    const sampler = new RandomSampler(5, { replacement: true, numSamples: 20_000, seed: 3 });
    expect(sampler.length).toBe(20_000);
    const counts = [0, 0, 0, 0, 0];
    for (const index of sampler.indices(0)) counts[index]!++;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 4000) ** 2 / 4000, 0);
    expect(chiSquare).toBeLessThan(18.5); // 4 degrees of freedom, p = 0.001
    expect([...sampler.indices(1)]).not.toEqual([...sampler.indices(0)]);
    expect(new RandomSampler(9, { replacement: true }).indices(0)).toHaveLength(9);
  });

  it("RandomSampler without replacement has each index as often as another, to within one", () => {
    const few = new RandomSampler(10, { numSamples: 4, seed: 1 });
    expect(few.length).toBe(4);
    expect([...few.indices(2)]).toEqual([...new RandomSampler(10, { seed: 1 }).indices(2).subarray(0, 4)]);
    const many = [...new RandomSampler(10, { numSamples: 25, seed: 1 }).indices(2)];
    const orders = [many.slice(0, 10), many.slice(10, 20), many.slice(20)];
    expect(orders.slice(0, 2).map((order) => order.toSorted((a, b) => a - b))).toEqual([counted(10), counted(10)]);
    expect(new Set(orders[2]).size).toBe(5);
    expect(new Set(orders.map((order) => order.slice(0, 5).join())).size).toBe(3);
  });

  it("RandomSampler and SequentialSampler ask a data set for its length at each epoch", () => {
    const samples = ["a", "b"];
    const [random, sequential] = [new RandomSampler(samples, { seed: 0 }), new SequentialSampler(samples)];
    samples.push("c");
    expect([random.length, sequential.length]).toEqual([3, 3]);
    expect([...random.indices(0)]).toEqual([...new RandomSampler(3, { seed: 0 }).indices(0)]);
    expect([...sequential.indices()]).toEqual([0, 1, 2]);
    expect(new BatchSampler(sequential, { batchSize: 2 }).length).toBe(2);
    samples.length = 0;
    expect(() => new RandomSampler(samples, { numSamples: 2 })).toThrow("expected at least one sample to draw 2 from");
    expect(random.indices(0)).toHaveLength(0);
    for (const length of [Number.NaN, -1, 1.5]) {
      expect(() => new SequentialSampler({ length })).toThrow(
        "expected length to be a whole number ≥ 0, or to have a length, got",
      );
    }
  });

  it("SubsetRandomSampler has each of its indices once, in orders that follow from seed and epoch", () => {
    const sampler = new SubsetRandomSampler([20, 30, 40, 30], { seed: 5 });
    expect([...sampler.indices(0)].toSorted((a, b) => a - b)).toEqual([20, 30, 30, 40]);
    expect(new Set(Array.from({ length: 20 }, (_, epoch) => sampler.indices(epoch).join())).size).toBeGreaterThan(5);
    const other = new SubsetRandomSampler([20, 30, 40, 30], { seed: 6 });
    other.loadStateDict(sampler.stateDict());
    expect([...other.indices(7)]).toEqual([...sampler.indices(7)]);
    expect(() => other.loadStateDict(new SubsetRandomSampler([20, 30, 40, 31]).stateDict())).toThrow(
      "SubsetRandomSampler.loadStateDict: expected total 120, got 121.",
    );
  });

  it("WeightedSampler without replacement draws one of those that are left, in proportion to their weights", () => {
    const sampler = new WeightedSampler([1, 0, 2, 5], { numSamples: 2, replacement: false, seed: 4 });
    const counts = new Map<string, number>();
    for (let epoch = 0; epoch < 8000; epoch++) {
      const drawn = sampler.indices(epoch).join();
      counts.set(drawn, (counts.get(drawn) ?? 0) + 1);
    }
    const weights: Readonly<Record<number, number>> = { 0: 1, 2: 2, 3: 5 };
    let chiSquare = 0;
    for (const first of [0, 2, 3]) {
      for (const second of [0, 2, 3].filter((index) => index !== first)) {
        const expected = (8000 * (weights[first]! / 8) * weights[second]!) / (8 - weights[first]!);
        chiSquare += ((counts.get(`${first},${second}`) ?? 0) - expected) ** 2 / expected;
      }
    }
    expect(counts.size).toBe(6);
    expect(chiSquare).toBeLessThan(20.6); // 5 degrees of freedom, p = 0.001
  });

  it("BatchSampler cuts a list of indices, and asks for no state of what has none", () => {
    const sampler = new BatchSampler([3, 1, 2], { batchSize: 2 });
    expect(sampler.batches(4).map((batch) => [...batch])).toEqual([[3, 1], [2]]);
    const state = { type: "BatchSampler", batchSize: 2, dropLast: false, sampler: null } as const;
    expect(sampler.stateDict()).toEqual(state);
    sampler.loadStateDict(state);
    const random = new BatchSampler(new RandomSampler(3), { batchSize: 2 });
    expect(() => sampler.loadStateDict(random.stateDict())).toThrow("expected sampler null, got { type: ");
    expect(() => random.loadStateDict(state)).toThrow("expected sampler to be an object, got null.");
  });

  it("WeightedSampler draws in proportion to the weights", () => {
    const drawn = new WeightedSampler([1, 0, 3], { numSamples: 20_000, seed: 2 }).indices(0);
    const counts = [0, 0, 0];
    for (const index of drawn) counts[index]!++;
    expect(counts[1]).toBe(0);
    expect(counts[2]! / 20_000).toBeCloseTo(0.75, 1);
  });

  it("BatchSampler cuts an order into batches", () => {
    const order = new SequentialSampler(5);
    const whole = new BatchSampler(order, { batchSize: 2 });
    expect(whole.batches(0).map((batch) => [...batch])).toEqual([[0, 1], [2, 3], [4]]);
    expect(whole.length).toBe(3);
    expect(new BatchSampler(order, { batchSize: 2, dropLast: true }).batches(0)).toHaveLength(2);
  });

  it.each([
    [
      () => new SequentialSampler(-1),
      "SequentialSampler: expected length to be a whole number ≥ 0, or to have a length, got -1.",
    ],
    [
      () => new RandomSampler(1.5),
      "RandomSampler: expected length to be a whole number ≥ 0, or to have a length, got 1.5.",
    ],
    [() => new RandomSampler(3, { seed: -1 }), "RandomSampler: expected seed to be a whole number ≥ 0, got -1."],
    [
      () => new RandomSampler(3, { sed: 1 } as object),
      'RandomSampler: expected options replacement, numSamples, seed, got "sed".',
    ],
    [
      () => new RandomSampler(3, { seed: 1 }).indices(-1),
      "RandomSampler.indices: expected epoch to be a whole number ≥ 0, got -1.",
    ],
    [() => new WeightedSampler([]), "WeightedSampler: expected a weight above 0, got none."],
    [() => new WeightedSampler([0, 0]), "WeightedSampler: expected a weight above 0, got none."],
    [() => new WeightedSampler([1, -1]), "WeightedSampler: expected weights ≥ 0, got -1 at index 1."],
    [() => new WeightedSampler([Number.NaN]), "WeightedSampler: expected weights ≥ 0, got NaN at index 0."],
    [
      () => new WeightedSampler([1], { numSamples: 0 }),
      "WeightedSampler: expected numSamples to be a whole number ≥ 1, got 0.",
    ],
    [
      () => new BatchSampler(new SequentialSampler(3), { batchSize: 0 }),
      "BatchSampler: expected batchSize to be a whole number ≥ 1, got 0.",
    ],
    [
      () => new BatchSampler(new SequentialSampler(3), { batchSize: 4, dropLast: true }),
      "BatchSampler: expected a batchSize of at most 3 with dropLast, got 4.",
    ],
    [
      () => new RandomSampler(0, { numSamples: 3 }),
      "RandomSampler: expected at least one sample to draw 3 from, got none.",
    ],
    [
      () => new RandomSampler(3, { numSamples: 0 }),
      "RandomSampler: expected numSamples to be a whole number ≥ 1, got 0.",
    ],
    [
      () => new RandomSampler(3, { replacement: 1 as never }),
      "RandomSampler: expected replacement to be true or false, got 1.",
    ],
    [
      () => new WeightedSampler([1, 0, 3], { replacement: false }),
      "WeightedSampler: expected at least 3 weights above 0 to draw as many without replacement, got 2.",
    ],
    [
      () => new SubsetRandomSampler([2, -1]),
      "SubsetRandomSampler: expected indices to be whole numbers ≥ 0, got -1 at position 1.",
    ],
    [() => new SubsetRandomSampler(3 as never), "SubsetRandomSampler: expected a list of indices, got 3."],
  ])("reject what does not fit (%#)", (call, message) => {
    expect(call).toThrow(ValueError);
    expect(call).toThrow(message);
  });
});
