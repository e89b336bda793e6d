import { type Tensor, tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, it, vi } from "vitest";
import type { IterableDataset } from "../iterable-dataset.ts";
import { DataLoader } from "../loader/data-loader.ts";
import type { DataLoaderState } from "../loader/loader-state.ts";
import { TensorDataset } from "../tensor-dataset.ts";
import { type Pipeline, pipeline, type PipelineState } from "./pipeline.ts";

const upTo = (length: number): number[] => Array.from({ length }, (_, i) => i);

/** Numbers that come a while later. */
async function* later(length: number): AsyncGenerator<number> {
  for (let i = 0; i < length; i++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    yield i;
  }
}

async function all<Sample>(samples: AsyncIterable<Sample>): Promise<Sample[]> {
  const read: Sample[] = [];
  for await (const sample of samples) read.push(sample);
  return read;
}

const lists = (batches: Iterable<Tensor>): unknown[] => Array.from(batches, (batch) => batch.toArray());

/** The same steps on each source. */
const programs: Readonly<Record<string, [(from: Pipeline<number>) => Pipeline<unknown>, unknown]>> = {
  map: [(from) => from.map((x, i, epoch) => [x * 10, i, epoch]).take(2), [[0, 0, 0], [10, 1, 0]]], // prettier-ignore
  filter: [(from) => from.filter((x, i) => (x + i) % 4 === 0), [0, 2, 4, 6]],
  batch: [(from) => from.batch(3).map((batch) => batch.toArray()), [[0, 1, 2], [3, 4, 5], [6, 7]]], // prettier-ignore
  "batch that drops": [(from) => from.batch(3, { dropLast: true, collate: (x) => x.join("") }), ["012", "345"]],
  repeat: [(from) => from.take(3).repeat(2), [0, 1, 2, 0, 1, 2]],
  "repeat without end": [(from) => from.take(3).repeat().take(7), [0, 1, 2, 0, 1, 2, 0]],
  take: [(from) => from.take(2), [0, 1]],
  "take of none": [(from) => from.take(0), []],
  skip: [(from) => from.skip(6), [6, 7]],
  prefetch: [(from) => from.prefetch(3).skip(5), [5, 6, 7]],
  "all of them": [
    (from) => from.filter((x) => x !== 3).map((x) => 2 * x).skip(1).batch(2, { collate: (x) => x.join() }).take(3), // prettier-ignore
    ["2,4", "8,10", "12,14"],
  ],
};

describe.each(Object.entries(programs))("%s", (_, [program, expected]) => {
  it("gives the same in plain loops and in those that wait, epoch by epoch", async () => {
    const plain = program(pipeline(upTo(8)));
    expect([...plain]).toEqual(expected);
    expect(await all(program(pipeline({ samples: () => later(8) })))).toEqual(expected);
    expect(await all(program(pipeline(upTo(8).map(async (x) => Promise.resolve(x)))))).toEqual(expected);
    expect([...program(pipeline({ length: 8, get: (index: number) => index }))]).toEqual(expected);
  });
});

describe("shuffle", () => {
  const shuffled = (buffer: number, seed: number): Pipeline<number> => pipeline(upTo(50)).shuffle(buffer, { seed });

  it("gives each sample once, in another order each epoch, which follows from seed and epoch", async () => {
    for (const buffer of [1, 7, 50, 200]) {
      const one = shuffled(buffer, 3);
      const epochs = [[...one], [...one]];
      for (const epoch of epochs) expect(epoch.toSorted((a, b) => a - b)).toEqual(upTo(50));
      if (buffer > 1) expect(epochs[0]).not.toEqual(epochs[1]);
      const other = shuffled(buffer, 3);
      expect([await all(other), [...other]]).toEqual(epochs);
      expect([...other.samples(1)]).toEqual(epochs[1]);
      if (buffer > 1) expect([...shuffled(buffer, 4)]).not.toEqual(epochs[0]);
    }
  });

  it("lets no sample out before those that the buffer has no room for", () => {
    // When the sample at place p comes out, p + buffer have gone in.
    [...shuffled(7, 1)].forEach((sample, place) => expect(sample).toBeLessThanOrEqual(place + 6));
    expect([...shuffled(1, 3)]).toEqual(upTo(50));
  });

  it("is another order in each repetition", () => {
    const [twice, loop] = [shuffled(50, 1).repeat(2), shuffled(50, 1)];
    const orders = [[...loop], [...loop], [...loop], [...loop]];
    expect(new Set(orders.map((order) => order.join())).size).toBe(4);
    expect([...twice, ...twice]).toEqual(orders.flat());
  });

  it("draws anew for as long as there are samples", () => {
    // Of two that wait, whether the later one comes out.
    const draws = Array.from(pipeline(upTo(4000)).shuffle(2, { seed: 5 }), (sample, place) => sample === place + 1);
    for (let lag = 1; lag < 2000; lag++) {
      const equal = draws.slice(0, 2000).filter((draw, place) => draw === draws[place + lag]).length;
      expect(equal).toBeLessThan(1500);
    }
  });
});

describe("a pipeline", () => {
  it("resumes in the middle of an epoch, and goes on with the next", async () => {
    const make = (): Pipeline<string> =>
      pipeline(upTo(20))
        .map((x, _, epoch) => `${x}.${epoch}`)
        .shuffle(5, { seed: 2 })
        .batch(3, { collate: (x) => x.join() });
    const whole = make();
    const expected = [...whole, ...whole];
    for (let stop = 0; stop <= 7; stop++) {
      const one = make();
      const seen: string[] = [];
      const loop = one[Symbol.iterator]();
      for (let i = 0; i < stop; i++) seen.push(loop.next().value as string);
      const saved = JSON.parse(JSON.stringify(one)) as PipelineState;
      const [plain, waiting] = [make(), make()];
      plain.loadStateDict(saved);
      waiting.loadStateDict(saved);
      expect([...seen, ...plain, ...plain]).toEqual(expected);
      expect([...seen, ...(await all(waiting)), ...(await all(waiting))]).toEqual(expected);
    }
  });

  it("reads no more than it is asked for, and closes its source", async () => {
    let closed = 0;
    let made = 0;
    const source = {
      *samples() {
        try {
          for (;;) yield made++;
        } finally {
          closed++;
        }
      },
    };
    expect([...pipeline(source).take(3)]).toEqual([0, 1, 2]);
    expect([made, closed]).toEqual([3, 1]);
    for await (const _ of pipeline(source).prefetch(4)) break;
    expect([made, closed]).toEqual([8, 2]);
  });

  it("tells of promises in plain loops, of sources read twice and of wrong arguments", async () => {
    const waits = "Pipeline: expected a sample at hand, got a promise. Read the pipeline with for await.";
    expect(() => [...pipeline([1]).map(async (x) => Promise.resolve(x))]).toThrow(new ValueError(waits));
    expect(() => [...pipeline(later(1))]).toThrow("Read the pipeline with for await.");
    const once = pipeline([1, 2][Symbol.iterator]());
    expect([...once]).toEqual([1, 2]);
    expect(() => [...once]).toThrow(ValueError);
    expect(() => [...pipeline([1]).filter((async () => Promise.resolve(false)) as never)]).toThrow(
      "Pipeline.filter: expected true or false, got",
    );
    expect(() => pipeline("abc" as never)).toThrow(
      "pipeline: expected an iterable, a stream with samples(epoch) or a data set",
    );
    const unhandled = vi.fn<() => void>();
    process.once("unhandledRejection", unhandled);
    const failing = pipeline(upTo(9)).map(async (x) =>
      x === 3 ? Promise.reject(new RangeError("3")) : Promise.resolve(x),
    );
    await expect(all(failing.prefetch(5))).rejects.toThrow("3");
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe("a loader of a stream", () => {
  const counting: IterableDataset<[number, Tensor]> = {
    *samples(epoch) {
      for (let i = 0; i < 7; i++) yield [i, tensor([i, epoch])];
    },
  };

  it("gives batches, of an unknown number", () => {
    const loader = new DataLoader(counting, { batchSize: 3 });
    const length: undefined = loader.length;
    expect(length).toBeUndefined();
    const shapes = Array.from(loader, ([x, y]) => [x.toArray(), y.shape]);
    expect(shapes).toEqual([[[0, 1, 2], [3, 2]], [[3, 4, 5], [3, 2]], [[6], [1, 2]]]); // prettier-ignore
    expect([...new DataLoader(counting, { batchSize: 3, dropLast: true, collate: (x) => x.length })]).toEqual([3, 3]);
    expect([...new DataLoader(pipeline(upTo(3)))].map((batch) => batch.toArray())).toEqual([[0], [1], [2]]);
  });

  it("resumes in the middle of an epoch", async () => {
    const make = () => new DataLoader(pipeline(counting).map(([x, y]) => y.mul(x)).shuffle(4, { seed: 0 }), { batchSize: 2 }); // prettier-ignore
    const whole = make();
    const expected = [...lists(whole), ...lists(whole)];
    for (let stop = 0; stop <= 4; stop++) {
      const one = make();
      const loop = one[Symbol.asyncIterator]();
      const seen: unknown[] = [];
      for (let i = 0; i < stop; i++) seen.push(((await loop.next()).value as Tensor).toArray());
      const other = make();
      other.loadStateDict(JSON.parse(JSON.stringify(one)) as DataLoaderState);
      expect([...seen, ...lists(other), ...lists(other)]).toEqual(expected);
    }
  });

  it("refuses what only data sets with a length have, and states of those", () => {
    const make = (options: object) => () => new DataLoader(counting, options);
    expect(make({ shuffle: true })).toThrow(
      "DataLoader: expected no shuffle for a stream, got one. Shuffle it by pipeline(stream).shuffle(buffer).",
    );
    expect(make({ seed: 0 })).toThrow("DataLoader: expected no seed for a stream, got one. Shuffle it by");
    expect(make({ workers: 1, module: "x" })).toThrow("DataLoader: expected no workers for a stream, got one.");
    const loader = make({ batchSize: 2 })();
    const other = new DataLoader(new TensorDataset(tensor([1, 2, 3])), { batchSize: 2 });
    expect(() => loader.loadStateDict(other.stateDict())).toThrow(ValueError);
    expect(() => other.loadStateDict(loader.stateDict())).toThrow(ValueError);
  });
});

describe("prefetch of a loader", () => {
  it("asks ahead in order, for as many as it says, and gives errors in their place", async () => {
    const asked: number[] = [];
    const dataset = {
      length: 10,
      get: async (index: number): Promise<number> => {
        asked.push(index);
        await new Promise((resolve) => setTimeout(resolve, index % 2 === 0 ? 3 : 1));
        if (index === 7) throw new RangeError("no sample 7");
        return index;
      },
    };
    const seen: unknown[] = [];
    const ahead: number[] = [];
    const loader = new DataLoader(dataset, { prefetch: 3 });
    await expect(
      (async () => {
        for await (const batch of loader) {
          seen.push(...(batch.toArray() as number[]));
          ahead.push(asked.length - seen.length);
        }
      })(),
    ).rejects.toThrow("no sample 7");
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(ahead).toEqual([3, 3, 3, 3, 3, 3, 3]);
    expect(asked).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(loader.stateDict().position).toBe(7);
  });
});
