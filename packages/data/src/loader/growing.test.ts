import { type Tensor, tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { RandomSampler } from "../samplers/random-sampler.ts";
import { TensorDataset } from "../tensor-dataset.ts";
import { DataLoader } from "./data-loader.ts";

describe("a data set or sampler that changes", () => {
  const grown = (): { samples: number[]; dataset: { readonly length: number; get(index: number): number } } => {
    const samples = [1, 2, 3];
    return {
      samples,
      dataset: {
        get length() {
          return samples.length;
        },
        get: (index: number) => samples[index]!,
      },
    };
  };
  const values = (batches: Iterable<Tensor>): number[][] => Array.from(batches, (batch) => batch.toArray() as number[]);
  const ascending = (a: number, b: number): number => a - b;

  it("is read whole at the next epoch, and as it was in the one that runs", () => {
    const { samples, dataset } = grown();
    const loader = new DataLoader(dataset, { batchSize: 2 });
    const loop = loader[Symbol.iterator]();
    loop.next();
    samples.push(4, 5);
    expect(loader.length).toBe(3);
    expect(loop.next().value?.toArray()).toEqual([3]);
    expect(loop.next().done).toBe(true);
    expect(values(loader)).toEqual([[1, 2], [3, 4], [5]]);
    samples.length = 1;
    expect([loader.length, values(loader)]).toEqual([1, [[1]]]);
    samples.length = 0;
    expect(() => [...loader]).toThrow("DataLoader: expected a data set with at least one sample, got an empty one.");
  });

  it("is shuffled whole, and drawn from whole", async () => {
    const { samples, dataset } = grown();
    const shuffled = new DataLoader(dataset, { shuffle: true, seed: 0, prefetch: 2 });
    const drawn = new DataLoader(dataset, {
      batchSize: 40,
      sampler: new RandomSampler(dataset, { replacement: true, numSamples: 40, seed: 0 }),
    });
    samples.push(4);
    expect(values(shuffled).flat().toSorted(ascending)).toEqual([1, 2, 3, 4]);
    const seen: number[] = [];
    samples.push(5);
    for await (const batch of shuffled) seen.push(...(batch.toArray() as number[]));
    expect(seen.toSorted(ascending)).toEqual([1, 2, 3, 4, 5]);
    expect(new Set(values(drawn).flat())).toEqual(new Set([1, 2, 3, 4, 5]));
  });

  it("does not fill a batch any more", () => {
    const { samples, dataset } = grown();
    const loader = new DataLoader(dataset, { batchSize: 3, dropLast: true });
    samples.pop();
    expect(() => [...loader]).toThrow("DataLoader: expected a batchSize of at most 2 with dropLast, got 3.");
    samples.push(7, 8, 9, 10);
    expect(values(loader)).toEqual([[1, 2, 7], [8, 9, 10]]); // prettier-ignore
  });

  it("has a state between two epochs, and of the epoch that began with fewer none", () => {
    const { samples, dataset } = grown();
    const make = (): DataLoader<number> => new DataLoader(dataset, { batchSize: 2, shuffle: true, seed: 3 });
    const loader = make();
    const loop = loader[Symbol.iterator]();
    loop.next();
    const early = loader.stateDict();
    samples.push(4);
    expect(() => loader.stateDict()).toThrow(
      new ValueError(
        "DataLoader.stateDict: expected the order with which the epoch began, got one that would be another by now." +
          " Of a data set that has grown, take the state between two epochs.",
      ),
    );
    expect(() => loader.loadStateDict(early)).toThrow("DataLoader.loadStateDict: expected samples 4, got 3.");
    loop.next();
    loop.next();
    const other = make();
    other.loadStateDict(loader.stateDict());
    expect(values(other)).toEqual(values(loader));
  });

  it("has no state in the middle of draws from fewer samples, or of a sampler that is another by now", () => {
    const { samples, dataset } = grown();
    const sampler = new RandomSampler(dataset, { numSamples: 9, seed: 1 });
    const loader = new DataLoader(dataset, { sampler });
    const loop = loader[Symbol.iterator]();
    loop.next();
    const early = loader.stateDict();
    samples.push(4);
    expect(() => loader.stateDict()).toThrow("expected the order with which the epoch began");
    expect(() => loader.loadStateDict(early)).toThrow("RandomSampler.loadStateDict: expected length 4, got 3.");
    samples.pop();
    expect(loader.stateDict()).toEqual(early);
    sampler.loadStateDict({ ...sampler.stateDict(), seed: 2 });
    expect(() => loader.stateDict()).toThrow("expected the order with which the epoch began");
  });

  it("goes on with a loaded epoch as that began", () => {
    const { samples, dataset } = grown();
    for (const sampler of [undefined, [2, 1, 0]]) {
      samples.splice(0, samples.length, 1, 2, 3);
      const options = sampler === undefined ? { shuffle: true, seed: 1 } : { sampler };
      const one = new DataLoader(dataset, options);
      const loop = one[Symbol.iterator]();
      loop.next();
      const other = new DataLoader(dataset, options);
      other.loadStateDict(one.stateDict());
      if (sampler === undefined) samples.push(4);
      expect(values(other)).toEqual(values(loop));
    }
  });

  it("is asked for its length by a sampler of one's own too", () => {
    const sampler = { length: 2, indices: () => Int32Array.from({ length: sampler.length }, (_, i) => 2 - i) };
    const loader = new DataLoader(grown().dataset, { batchSize: 2, sampler });
    expect(loader.stateDict().rest).toEqual([2, 1]);
    sampler.length = 3;
    expect([loader.length, values(loader)]).toEqual([2, [[3, 2], [1]]]); // prettier-ignore
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
