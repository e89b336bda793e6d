import { arange, manualSeed, tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { DataLoader } from "./data-loader.ts";
import type { Dataset } from "../dataset.ts";
import type { DataLoaderState } from "./loader-state.ts";
import type { DataLoaderOptions } from "./options.ts";
import { WeightedSampler } from "../samplers/weighted-sampler.ts";
import { TensorDataset } from "../tensor-dataset.ts";

const numbers: Dataset<number> = { length: 10, get: (index) => index };
const pairs = new TensorDataset(arange(10).to("float32").reshape([10, 1]), arange(10));

function readEpoch(loader: DataLoader<number>): number[][] {
  return Array.from(loader, (batch) => [...batch.data]);
}

describe("DataLoader", () => {
  it("reads in order by default, with a smaller last batch", () => {
    const loader = new DataLoader(numbers, { batchSize: 4 });
    expect(loader.length).toBe(3);
    const want = [
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ];
    expect(readEpoch(loader)).toEqual(want);
    expect(readEpoch(loader)).toEqual(want);
  });

  it("leaves out a smaller last batch on demand", () => {
    const loader = new DataLoader(numbers, { batchSize: 4, dropLast: true });
    expect(loader.length).toBe(2);
    expect(readEpoch(loader)).toHaveLength(2);
  });

  it("keeps the tensors of a data set apart, and their rows together", () => {
    const loader = new DataLoader(pairs, { batchSize: 4, shuffle: true, seed: 3 });
    const seen: number[] = [];
    for (const [x, y] of loader) {
      expect(x.shape.slice(1)).toEqual([1]);
      expect(x.dtype).toBe("float32");
      expect(y.dtype).toBe("int32");
      expect([...x.data]).toEqual([...y.data]);
      seen.push(...y.data);
    }
    expect(seen.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("has a new order in each epoch, and the same orders for the same seed", () => {
    const [one, two] = [1, 2].map(() => new DataLoader(numbers, { batchSize: 3, shuffle: true, seed: 42 }));
    const epochs = Array.from({ length: 5 }, () => readEpoch(one!));
    expect(Array.from({ length: 5 }, () => readEpoch(two!))).toEqual(epochs);
    expect(new Set(epochs.map(String)).size).toBe(5);
    const other = new DataLoader(numbers, { batchSize: 3, shuffle: true, seed: 43 });
    expect(readEpoch(other)).not.toEqual(epochs[0]);
  });

  it("takes its seed from the default generator if it has none", () => {
    const draw = () => {
      manualSeed(11);
      return readEpoch(new DataLoader(numbers, { batchSize: 10, shuffle: true }));
    };
    expect(draw()).toEqual(draw());
  });

  it("starts the next epoch after a loop that was left early", () => {
    const loader = new DataLoader(numbers, { batchSize: 3, shuffle: true, seed: 1 });
    const whole = new DataLoader(numbers, { batchSize: 3, shuffle: true, seed: 1 });
    const epochs = [readEpoch(whole), readEpoch(whole)];
    for (const batch of loader) {
      expect([...batch.data]).toEqual(epochs[0]![0]);
      break;
    }
    expect(readEpoch(loader)).toEqual(epochs[1]);
    expect(loader.epoch).toBe(2);
  });

  it("lets two loops run at a time, each with its own epoch", () => {
    const loader = new DataLoader(numbers, { batchSize: 5, shuffle: true, seed: 1 });
    const outer = loader[Symbol.iterator]();
    const first = [...(outer.next().value?.data ?? [])];
    const second = readEpoch(loader);
    const rest = [...(outer.next().value?.data ?? [])];
    expect([...first, ...rest].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(second.flat()).not.toEqual([...first, ...rest]);
    expect(outer.next().done).toBe(true);
    expect(loader.epoch).toBe(2);
  });

  it("uses a sampler and a collate function", () => {
    const sampler = new WeightedSampler([0, 0, 1, 0, 0, 0, 0, 0, 0, 0], { numSamples: 4, seed: 0 });
    const loader = new DataLoader(numbers, { batchSize: 3, sampler, collate: (samples) => samples.join("+") });
    expect([...loader]).toEqual(["2+2+2", "2"]);
  });
});

describe("DataLoader state", () => {
  const options = { batchSize: 3, shuffle: true, seed: 9 } as const;

  it.each([0, 1, 2, 3, 4])("goes on after %i of 4 batches with what would have come next", (stop) => {
    const loader = new DataLoader(numbers, options);
    readEpoch(loader);
    const read = loader[Symbol.iterator]();
    for (let batch = 0; batch < stop; batch++) read.next();
    const saved = JSON.parse(JSON.stringify(loader.stateDict())) as DataLoaderState;
    const remaining = [...read].map((batch) => [...batch.data]);
    const following = readEpoch(loader);

    const resumed = new DataLoader(numbers, { ...options, seed: 1234 });
    resumed.loadStateDict(saved);
    expect(resumed.stateDict()).toEqual(saved);
    expect(readEpoch(resumed)).toEqual(remaining);
    expect(readEpoch(resumed)).toEqual(following);
  });

  it("can be taken after a loop was left early", () => {
    const loader = new DataLoader(numbers, options);
    const order = readEpoch(new DataLoader(numbers, options));
    for (const batch of loader) if (batch.data[0] === order[1]![0]) break;
    const resumed = new DataLoader(numbers, options);
    resumed.loadStateDict(loader.stateDict());
    expect(readEpoch(resumed)).toEqual(order.slice(2));
  });

  it("moves the loader itself back and forth", () => {
    const loader = new DataLoader(numbers, options);
    const start = loader.stateDict();
    const epochs = [readEpoch(loader), readEpoch(loader)];
    loader.loadStateDict(start);
    expect([readEpoch(loader), readEpoch(loader)]).toEqual(epochs);
  });

  const sampler = { type: "RandomSampler", length: 10, replacement: false, numSamples: null, seed: 9 };
  const good: DataLoaderState = {
    epoch: 0,
    position: 0,
    samples: 10,
    batchSize: 3,
    dropLast: false,
    sampler,
    rest: null,
  };
  it.each<[object, string]>([
    [{ samples: 11 }, "expected samples 10, got 11. The state is of a loader with another data set or other options."],
    [{ batchSize: 4 }, "expected batchSize 3, got 4."],
    [{ dropLast: true }, "expected dropLast false, got true."],
    [{ sampler: null }, "expected the state of a loader with a sampler with state, got one without."],
    [{ sampler: 9 }, "expected sampler to be an object or null, got 9."],
    [{ rest: [1] }, "expected the state of a loader without a sampler of one's own, got one with."],
    [{ epoch: 0.5 }, "expected epoch to be a whole number ≥ 0, got 0.5."],
    [{ position: 5 }, "expected position from 0 to 4, got 5."],
    [{ position: undefined }, "expected position to be a whole number ≥ 0, got undefined."],
    [{ sampler: { ...sampler, type: "SequentialSampler" } }, "expected type RandomSampler, got SequentialSampler."],
    [{ sampler: { ...sampler, length: 9 } }, "expected length 10, got 9."],
    [{ sampler: { ...sampler, replacement: true } }, "expected replacement false, got true."],
    [{ sampler: { ...sampler, numSamples: 10 } }, "expected numSamples null, got 10."],
    [{ sampler: { ...sampler, seed: -1 } }, "expected seed to be a whole number ≥ 0, got -1."],
  ])("rejects %o and stays as it was", (change, message) => {
    const loader = new DataLoader(numbers, options);
    const load = () => loader.loadStateDict({ ...good, ...change } as DataLoaderState);
    expect(load).toThrow(ValueError);
    expect(load).toThrow(`.loadStateDict: ${message}`);
    expect(loader.stateDict()).toEqual(good);
  });
});

describe("DataLoader arguments", () => {
  const empty = new TensorDataset(tensor([], { shape: [0, 2] }));
  type Options = DataLoaderOptions<number, unknown>;
  it.each<[object, string]>([
    [{ batchSize: 0 }, "DataLoader: expected batchSize to be a whole number ≥ 1 or null, got 0."],
    [{ batchSize: -2 }, "DataLoader: expected batchSize to be a whole number ≥ 1 or null, got -2."],
    [{ batchSize: 2.5 }, "DataLoader: expected batchSize to be a whole number ≥ 1 or null, got 2.5."],
    [{ batchSize: "8" }, 'DataLoader: expected batchSize to be a whole number ≥ 1 or null, got "8".'],
    [
      { batchsize: 8 },
      'DataLoader: expected options batchSize, shuffle, seed, sampler, batchSampler, dropLast, collate, prefetch, workers, module, got "batchsize".',
    ],
    [{ batchSize: 2, shuffle: 1 }, "DataLoader: expected shuffle to be true or false, got 1."],
    [{ batchSize: 2, dropLast: "no" }, "DataLoader: expected dropLast to be true or false, got no."],
    [{ batchSize: 2, seed: -1 }, "DataLoader: expected seed to be a whole number ≥ 0, got -1."],
    [{ batchSize: 11, dropLast: true }, "DataLoader: expected a batchSize of at most 10 with dropLast, got 11."],
    [
      { batchSize: 2, shuffle: true, sampler: new WeightedSampler([1]) },
      "DataLoader: expected either shuffle or a sampler, got both.",
    ],
    [
      { sampler: [0, 1], seed: 0 },
      "DataLoader: expected either seed or a sampler, got both. It is the seed of shuffle: samplers have their own.",
    ],
    [{ batchSampler: [[0]], seed: 0 }, "DataLoader: expected either batchSampler or seed, got both."],
    [
      { batchSize: null, dropLast: true },
      "DataLoader: expected either dropLast or batchSize null, which makes no batches, got both.",
    ],
    [{ batchSize: null, batchSampler: [[0]] }, "DataLoader: expected either batchSampler or batchSize, got both."],
    [{ sampler: [] }, "DataLoader: expected a sampler with at least one index, got an empty one."],
    [{ sampler: new Set([1]) }, "DataLoader: expected sampler to be a Sampler or a list of indices, got a Set."],
    [
      { batchSize: 2, sampler: { length: 0, indices: () => new Int32Array(0) } },
      "DataLoader: expected a sampler with at least one index, got an empty one.",
    ],
  ])("rejects %o", (options, message) => {
    const make = () => new DataLoader(numbers, options as Options);
    expect(make).toThrow(ValueError);
    expect(make).toThrow(message);
  });

  it("rejects an empty data set", () => {
    const make = () => new DataLoader(empty, { batchSize: 2 });
    expect(make).toThrow(ValueError);
    expect(make).toThrow("DataLoader: expected a data set with at least one sample, got an empty one.");
  });

  it("reads a list of indices in its order, in each epoch", () => {
    for (const sampler of [[7, 0, 7], Int32Array.of(7, 0, 7)]) {
      const loader = new DataLoader(numbers, { batchSize: 2, sampler });
      expect(loader.length).toBe(2);
      expect([readEpoch(loader), readEpoch(loader)]).toEqual([[[7, 0], [7]], [[7, 0], [7]]]); // prettier-ignore
    }
    expect(() => new DataLoader(numbers, { sampler: [0, 1.5] })).toThrow(
      "DataLoader: expected indices to be whole numbers ≥ 0, got 1.5 at position 1.",
    );
    expect(() => new DataLoader(numbers, { sampler: [0, 2 ** 32 + 1] })).toThrow(
      "DataLoader: expected indices below 2³¹, got 4294967297 at position 1.",
    );
  });

  it("rejects indices that a sampler makes up", () => {
    const loader = new DataLoader(pairs, { batchSize: 1, sampler: { length: 1, indices: () => Int32Array.of(10) } });
    expect(() => [...loader]).toThrow("DataLoader: expected an index from 0 to 9, got 10.");
  });
});
