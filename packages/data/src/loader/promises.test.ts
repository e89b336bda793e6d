import { arange, CompileError, type Tensor, tensor, ValueError } from "@tapegrad/tensor";
import { NullTracer, withTracer } from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import { collate } from "../collate.ts";
import { collect } from "../collect.ts";
import { concat } from "../concat.ts";
import { DataLoader } from "./data-loader.ts";
import { map } from "../map.ts";
import { Subset } from "../subset.ts";
import { TensorDataset } from "../tensor-dataset.ts";

/** Samples that come a while later, the last one first. */
const later = {
  length: 5,
  get: (index: number): Promise<[Tensor, number]> =>
    new Promise((resolve) => setTimeout(() => resolve([tensor([index, -index]), 10 * index]), 5 - index)),
};

async function read<Batch>(loader: AsyncIterable<Batch>): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of loader) batches.push(batch);
  return batches;
}

describe("a data set of promises", () => {
  it("is read with for await, in its order", async () => {
    const batches = await read(new DataLoader(later, { batchSize: 2 }));
    expect(batches.map(([x, y]) => [x.toArray(), y.toArray()])).toEqual([
      [
        [
          [0, -0],
          [1, -1],
        ],
        [0, 10],
      ],
      [
        [
          [2, -2],
          [3, -3],
        ],
        [20, 30],
      ],
      [[[4, -4]], [40]],
    ]);
  });

  it("is read through subsets, parts and maps", async () => {
    const mapped = map(concat(later, new Subset(later, [4])), ([, y], index) => y + index);
    const batches = await read(new DataLoader(new Subset(mapped, [5, 0, 2]), { batchSize: 3 }));
    expect(batches.map((batch) => batch.toArray())).toEqual([[45, 0, 22]]);
  });

  it("resumes in the middle of an epoch, and waits for a collate function", async () => {
    const make = (): DataLoader<Promise<[Tensor, number]>, number, number> =>
      new DataLoader(later, {
        batchSize: 2,
        shuffle: true,
        collate: async (samples) => Promise.resolve(samples.reduce((sum, [, y]) => sum + y, 0)),
      });
    const [one, other] = [make(), make()];
    const seen: number[] = [];
    for await (const sum of one) {
      seen.push(sum);
      break;
    }
    other.loadStateDict(one.stateDict());
    seen.push(...(await read(other)));
    expect(seen.reduce((sum, each) => sum + each)).toBe(100);
    expect(seen).toHaveLength(3);
  });

  it("never makes a batch of promises", () => {
    const message = "DataLoader: expected a batch, got a promise of one. Read the loader with for await.";
    for (const loader of [
      new DataLoader(later, { batchSize: 2 }),
      new DataLoader(new Subset(later, [0, 1]), { batchSize: 2 }),
      new DataLoader(later, { batchSize: 2, collate: (samples) => samples }),
      new DataLoader(
        { length: 2, get: (i) => i },
        { batchSize: 1, collate: async (samples) => Promise.resolve(samples) },
      ),
    ]) {
      expect(() => [...loader]).toThrow(ValueError);
      expect(() => [...loader]).toThrow(message);
    }
    expect(() => collect(later)).toThrow("collect: expected samples at hand, got promises.");
    expect(() => collate([later.get(0)])).toThrow("collate: expected samples at hand, got a promise in one.");
    expect(() => collate([[1, later.get(0)]])).toThrow("collate: expected samples at hand, got a promise in one.");
  });

  it("hands on what a promise is rejected with, and goes on after that batch when it is resumed", async () => {
    let broken = true;
    const get = async (index: number): Promise<number> =>
      index === 2 && broken ? Promise.reject(new RangeError("no file")) : Promise.resolve(index);
    const loader = new DataLoader({ length: 4, get }, { batchSize: 2 });
    await expect(read(loader)).rejects.toThrow("no file");
    broken = false;
    const other = new DataLoader({ length: 4, get }, { batchSize: 2 });
    other.loadStateDict(loader.stateDict());
    expect((await read(other)).map((batch) => batch.toArray())).toEqual([[2, 3]]);
  });
});

describe("a data set at hand", () => {
  it("is read with for await too", async () => {
    const loader = new DataLoader(new TensorDataset(arange(3)), { batchSize: 2 });
    expect((await read(loader)).map(([x]) => x.toArray())).toEqual([[0, 1], [2]]);
  });

  it("is not read inside a compiled function, which would have the same batches for ever", () => {
    const loader = new DataLoader(new TensorDataset(arange(3)), { batchSize: 2 });
    const loop = loader[Symbol.iterator]();
    loop.next();
    for (const inside of [() => void [...loader], () => void loop.next()]) {
      expect(() => withTracer(new NullTracer(), inside)).toThrow(CompileError);
    }
    expect(() => withTracer(new NullTracer(), () => [...loader].length)).toThrow(
      "DataLoader: expected a call outside compiled functions, got one while tracing. Read the batch before the call,",
    );
  });

  it.each([
    [[1, 2, 3], "DataLoader: expected dataset to have length and get(index), got [1, 2, 3]."],
    [undefined, "DataLoader: expected dataset to have length and get(index), got undefined."],
    [new Map(), "DataLoader: expected dataset to have length and get(index), got a Map."],
  ])("has length and get, unlike %o", (dataset, message) => {
    expect(() => new DataLoader(dataset as never, { batchSize: 1 })).toThrow(ValueError);
    expect(() => new DataLoader(dataset as never, { batchSize: 1 })).toThrow(message);
  });
});
