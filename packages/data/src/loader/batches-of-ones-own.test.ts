import { arange, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { pipeline } from "../pipeline/pipeline.ts";
import type { BatchList, BatchOrder } from "../samplers/batch-order.ts";
import { BatchSampler } from "../samplers/batch-sampler.ts";
import { SequentialSampler } from "../samplers/sequential-sampler.ts";
import { TensorDataset } from "../tensor-dataset.ts";
import { DataLoader } from "./data-loader.ts";
import type { DataLoaderState } from "./loader-state.ts";
import { Dice } from "../../test/fixtures/dice.ts";

const pairs = new TensorDataset(arange(10));
type Loader = DataLoader<[ReturnType<typeof arange>]>;

const read = (batches: Iterable<[{ readonly data: ArrayLike<number> }]>): number[][] =>
  Array.from(batches, ([x]) => Array.from(x.data));

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

  it("reads whatever gives lists, of a length that nobody says", () => {
    let walks = 0;
    const walked = {
      *[Symbol.iterator](): Generator<number[]> {
        walks++;
        yield* walks % 2 === 0 ? [[walks], [9]] : [[walks, 0]];
      },
    };
    const loader = new DataLoader(pairs, { batchSampler: walked });
    expect([loader.length, walks, read(loader)]).toEqual([1, 1, [[1, 0]]]);
    const loop = loader[Symbol.iterator]();
    expect(read([loop.next().value!])).toEqual([[2]]);
    expect(loader.length).toBe(2);
    const state = JSON.parse(JSON.stringify(loader.stateDict())) as DataLoaderState;
    expect(state.rest).toEqual([[9]]);
    loader.loadStateDict(state);
    expect([loader.length, read(loader), walks]).toEqual([2, [[9]], 2]);
    expect(read(new DataLoader(pairs, { batchSampler: new Set([[3, 4], [5]]) }))).toEqual([[3, 4], [5]]); // prettier-ignore
  });

  it("is in the state as the epoch began, however long the next one will be", () => {
    const order = { length: 3, batches: () => [[1], [2], [3], [4]].slice(0, order.length) };
    const loader = new DataLoader(pairs, { batchSampler: order });
    const loop = loader[Symbol.iterator]();
    loop.next();
    order.length = 4;
    expect(loader.stateDict().rest).toEqual([[2], [3]]);
    expect(read(loop)).toEqual([[2], [3]]);
    expect([loader.length, read(loader)]).toEqual([4, [[1], [2], [3], [4]]]);
  });

  it("reads a generator once, and refuses to read it again", () => {
    const once = (function* () {
      yield [1, 2];
      yield [3];
    })();
    const loader = new DataLoader(pairs, { batchSampler: once });
    expect(loader.length).toBe(2);
    expect(read(loader)).toEqual([[1, 2], [3]]);
    expect(() => [...loader]).toThrow(
      new ValueError(
        "DataLoader: expected a batchSampler that can be walked through again, got a generator that has been." +
          " Pass lists, or an object with length and batches(epoch).",
      ),
    );
  });

  it("resumes a BatchSampler over a sampler without state", () => {
    const make = (): Loader =>
      new DataLoader(pairs, { batchSampler: new BatchSampler(new Dice(), { batchSize: 3, dropLast: true }) });
    const [one, other] = [make(), make()];
    const loop = one[Symbol.iterator]();
    loop.next();
    other.loadStateDict(JSON.parse(JSON.stringify(one.stateDict())) as DataLoaderState);
    expect(read(other)).toEqual(read(loop));
  });

  it("refuses what is no batch, and a state of other batches", () => {
    const loads = (batchSampler: unknown): unknown => [
      ...new DataLoader(pairs, { batchSampler: batchSampler as BatchList }),
    ];
    expect(() => loads([[0], [10]])).toThrow("DataLoader: expected an index from 0 to 9, got 10.");
    expect(() => loads([[0], [0.5]])).toThrow("DataLoader: expected an index from 0 to 9, got 0.5.");
    expect(() => loads([[0], []])).toThrow("DataLoader: expected at least one index in batch 1, got none.");
    expect(() => loads([[0], 1])).toThrow("DataLoader: expected a list of indices, got 1.");
    expect(() => loads(new Set())).toThrow("DataLoader: expected at least 1 batches of the batchSampler, got 0.");
    expect(() => loads([])).toThrow("expected a batchSampler with at least one batch, got an empty one.");
    expect(() => loads({ length: 2, batches: () => [[0]] })).toThrow(
      "DataLoader: expected 2 batches of the batchSampler, got 1.",
    );
    function* endless(): Generator<number[]> {
      for (;;) yield [0];
    }
    expect(() => loads({ length: 2, batches: endless })).toThrow("expected 2 batches of the batchSampler, got more.");
    expect(() => loads({ [Symbol.iterator]: endless })).toThrow(
      "DataLoader: expected at most 1048576 batches of the batchSampler, got more. One of more says its length.",
    );
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
