import { ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { BatchSampler } from "./batch-sampler.ts";
import { permutation } from "./permutation.ts";
import { RandomSampler } from "./random-sampler.ts";
import { randomWords } from "./random-words.ts";
import { SequentialSampler } from "./sequential-sampler.ts";
import { WeightedSampler } from "./weighted-sampler.ts";

describe("permutation", () => {
  it("has every number once", () => {
    for (const length of [0, 1, 2, 7, 1000]) {
      const order = permutation(length, 3, "shuffle", 0);
      expect([...order].toSorted((a, b) => a - b)).toEqual(Array.from({ length }, (_, index) => index));
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

  it("WeightedSampler draws in proportion to the weights", () => {
    const drawn = new WeightedSampler([1, 0, 3], { samples: 20_000, seed: 2 }).indices(0);
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
    [() => new SequentialSampler(-1), "SequentialSampler: expected length to be a whole number ≥ 0, got -1."],
    [() => new RandomSampler(1.5), "RandomSampler: expected length to be a whole number ≥ 0, got 1.5."],
    [() => new RandomSampler(3, { seed: -1 }), "RandomSampler: expected seed to be a whole number ≥ 0, got -1."],
    [() => new RandomSampler(3, { sed: 1 } as object), 'RandomSampler: expected options seed, got "sed".'],
    [
      () => new RandomSampler(3, { seed: 1 }).indices(-1),
      "RandomSampler.indices: expected epoch to be a whole number ≥ 0, got -1.",
    ],
    [() => new WeightedSampler([]), "WeightedSampler: expected a weight above 0, got none."],
    [() => new WeightedSampler([0, 0]), "WeightedSampler: expected a weight above 0, got none."],
    [() => new WeightedSampler([1, -1]), "WeightedSampler: expected weights ≥ 0, got -1 at index 1."],
    [() => new WeightedSampler([Number.NaN]), "WeightedSampler: expected weights ≥ 0, got NaN at index 0."],
    [
      () => new WeightedSampler([1], { samples: 0 }),
      "WeightedSampler: expected samples to be a whole number ≥ 1, got 0.",
    ],
    [
      () => new BatchSampler(new SequentialSampler(3), { batchSize: 0 }),
      "BatchSampler: expected batchSize to be a whole number ≥ 1, got 0.",
    ],
    [
      () => new BatchSampler(new SequentialSampler(3), { batchSize: 4, dropLast: true }),
      "BatchSampler: expected a batchSize of at most 3 with dropLast, got 4.",
    ],
  ])("reject what does not fit (%#)", (call, message) => {
    expect(call).toThrow(ValueError);
    expect(call).toThrow(message);
  });
});
