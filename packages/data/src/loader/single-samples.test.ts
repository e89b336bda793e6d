import { arange, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import type { Dataset } from "../dataset.ts";
import type { IterableDataset } from "../iterable-dataset.ts";
import { RandomSampler } from "../samplers/random-sampler.ts";
import { TensorDataset } from "../tensor-dataset.ts";
import { DataLoader } from "./data-loader.ts";
import type { DataLoaderState } from "./loader-state.ts";

const rows = new TensorDataset(arange(6).reshape([3, 2]), arange(3));
const numbers: Dataset<number> = { length: 5, get: (index) => 10 * index };
const stream: IterableDataset<number> = {
  *samples(epoch) {
    for (let i = 0; i < 4; i++) yield i + epoch;
  },
};

describe("a loader without batches", () => {
  it("gives samples one by one, without an axis of batches", () => {
    const loader = new DataLoader(rows, { batchSize: null });
    expect([loader.length, loader.batchSize]).toEqual([3, null]);
    expect(Array.from(loader, ([x, y]) => [x.toArray(), y.item()])).toEqual([[[0, 1], 0], [[2, 3], 1], [[4, 5], 2]]); // prettier-ignore
    expect([...new DataLoader(numbers, { batchSize: null })]).toEqual([0, 10, 20, 30, 40]);
  });

  it("makes tensors of typed arrays, and leaves all else as it is", () => {
    const sample = { x: Float64Array.of(1, 2), list: [Int32Array.of(3), "a", true], at: new Date(0) };
    const [one] = new DataLoader({ length: 1, get: () => sample }, { batchSize: null });
    expect([one!.x.dtype, one!.x.toArray()]).toEqual(["float64", [1, 2]]);
    expect([(one!.list[0] as ReturnType<typeof tensor>).dtype, one!.list[1], one!.list[2]]).toEqual([
      "int32",
      "a",
      true,
    ]);
    expect(one!.at).toBe(sample.at);
  });

  it("takes samplers and the order of a shuffle", () => {
    const order = [...new RandomSampler(5, { seed: 8 }).indices(0)].map((index) => 10 * index);
    expect([...new DataLoader(numbers, { batchSize: null, shuffle: true, seed: 8 })]).toEqual(order);
    expect([...new DataLoader(numbers, { batchSize: null, sampler: [4, 4, 0] })]).toEqual([40, 40, 0]);
  });

  it("passes each sample through collate, and waits for promises", async () => {
    const collate = (sample: number): string => `<${sample}>`;
    expect([...new DataLoader(numbers, { batchSize: null, collate })].slice(0, 2)).toEqual(["<0>", "<10>"]);
    const later: Dataset<Promise<number>> = { length: 2, get: async (index) => Promise.resolve(index) };
    const seen: unknown[] = [];
    for await (const text of new DataLoader(later, { batchSize: null, collate, prefetch: 1 })) seen.push(text);
    for await (const plain of new DataLoader(later, { batchSize: null })) seen.push(plain);
    expect(seen).toEqual(["<0>", "<1>", 0, 1]);
    expect(() => [...new DataLoader(later, { batchSize: null })]).toThrow("expected a batch, got a promise of one.");
  });

  it("does not ask a data set for batches", () => {
    const gathering: Dataset<number> = {
      ...numbers,
      gather: () => {
        throw new Error("no batch was asked for");
      },
    };
    expect([...new DataLoader(gathering, { batchSize: null })]).toHaveLength(5);
  });

  it("reads streams, whose samples may be batches already", async () => {
    const loader = new DataLoader(stream, { batchSize: null });
    expect([loader.length, [...loader], [...loader]]).toEqual([undefined, [0, 1, 2, 3], [1, 2, 3, 4]]);
    const seen: number[] = [];
    for await (const sample of new DataLoader(stream, { batchSize: null, prefetch: 2 })) seen.push(sample);
    expect(seen).toEqual([0, 1, 2, 3]);
    const whole: IterableDataset<ReturnType<typeof arange>> = { samples: () => [tensor([1, 2]), tensor([3])] };
    expect(Array.from(new DataLoader(whole, { batchSize: null }), (x) => x.toArray())).toEqual([[1, 2], [3]]);
  });

  it.each([
    ["a data set", () => new DataLoader(numbers, { batchSize: null, shuffle: true, seed: 2 })],
    ["a stream", () => new DataLoader<number, null, number, IterableDataset<number>>(stream, { batchSize: null })],
  ] as [string, () => DataLoader<number, null>][])("resumes in the middle of %s", (_, make) => {
    const [one, other] = [make(), make()];
    const loop = one[Symbol.iterator]();
    loop.next();
    loop.next();
    const state = JSON.parse(JSON.stringify(one.stateDict())) as DataLoaderState;
    expect([state.position, state.batchSize]).toEqual([2, null]);
    other.loadStateDict(state);
    expect([...other]).toEqual([...loop]);
    expect([...other]).toEqual([...one]);
  });

  it("refuses the state of one with batches", () => {
    const [single, batches] = [new DataLoader(numbers, { batchSize: null }), new DataLoader(numbers)];
    expect(() => single.loadStateDict(batches.stateDict())).toThrow("expected batchSize null, got 1.");
    expect(() => batches.loadStateDict(single.stateDict())).toThrow("expected batchSize 1, got null.");
  });
});
