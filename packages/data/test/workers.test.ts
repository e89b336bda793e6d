import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Tensor, ValueError } from "@tapegrad/tensor";
import {
  DataLoader,
  type DataLoaderOptions,
  type DataLoaderState,
  type DataWorker,
  type Dataset,
  serveDataset,
  WorkerError,
} from "../src/index.ts";
import { workerSource } from "../src/workers/worker-source.ts";

type Square = [Float32Array, { label: number; noise: number; name: string }];

const fixture = (name: string): URL => new URL(`fixtures/${name}`, import.meta.url);
const made = async <Sample>(name: string): Promise<Dataset<Sample>> => {
  const { default: given } = (await import(fixture(name).href)) as {
    default: Dataset<Sample> | (() => Dataset<Sample>);
  };
  return typeof given === "function" ? given() : given;
};
const twelve: Dataset<number> = { length: 12, get: (index) => index };
const failing = (query: string): URL => new URL(`fixtures/failing.mjs?${query}`, import.meta.url);

/** Tensors as lists, whatever holds them. */
function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return value;
  if (value instanceof Tensor) return { dtype: value.dtype, values: value.toArray() };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}

async function read(loader: AsyncIterable<unknown>): Promise<unknown[]> {
  const batches: unknown[] = [];
  for await (const batch of loader) batches.push(plain(batch));
  return batches;
}

/** What a loop fails with, the batches before, and the milliseconds since the last of them. */
async function errorOf(
  loader: AsyncIterable<unknown>,
): Promise<{ error: WorkerError; seen: unknown[]; waited: number }> {
  const seen: unknown[] = [];
  let last = 0;
  try {
    for await (const batch of loader) {
      seen.push(plain(batch));
      last = performance.now();
    }
  } catch (error) {
    return { error: error as WorkerError, seen, waited: performance.now() - last };
  }
  throw new Error("expected an error, got none");
}

afterEach(() => vi.restoreAllMocks());

describe("a loader with workers", () => {
  const squares = async (options: DataLoaderOptions<Square, unknown>) =>
    new DataLoader(await made<Square>("squares.mjs"), {
      batchSize: 3,
      shuffle: true,
      seed: 5,
      module: fixture("squares.mjs"),
      ...options,
    });

  it("gives the same batches with 0, 1 and 4 of them, whatever is fetched ahead, epoch by epoch", async () => {
    const epochs = async (options: DataLoaderOptions<Square, unknown>): Promise<unknown[]> => {
      const loader = await squares(options);
      return [await read(loader), await read(loader)];
    };
    const collate = (samples: readonly Square[]): string[] => samples.map(([, { name }]) => name);
    const [none, names] = [await epochs({ workers: 0 }), await epochs({ workers: 0, collate })];
    expect(none[0]).toHaveLength(8);
    expect(none[0]).not.toEqual(none[1]);
    for (const [workers, prefetch] of [
      [1, undefined],
      [4, undefined],
      [1, 0],
      [4, 100],
    ] as const) {
      expect(await epochs({ workers, prefetch })).toEqual(none);
      expect(await epochs({ workers, prefetch, collate })).toEqual(names);
    }
  });

  it("resumes in the middle of an epoch, with another number of workers", async () => {
    const collate = (samples: readonly Square[]): string =>
      samples.map(([x, { noise, name }]) => `${name} ${noise} ${x[1]}`).join();
    const [one, whole] = [await squares({ workers: 2, collate }), await squares({ collate })];
    const expected = [...(await read(whole)), ...(await read(whole))];
    const seen: unknown[] = [];
    for await (const batch of one) {
      seen.push(batch);
      if (seen.length === 3) break;
    }
    const saved = JSON.stringify(one.stateDict());
    for (const workers of [0, 1, 4]) {
      const other = await squares({ workers, collate, seed: 99 });
      other.loadStateDict(JSON.parse(saved) as DataLoaderState);
      expect([...seen, ...(await read(other)), ...(await read(other))]).toEqual(expected);
    }
    expect(await read(one)).toEqual(expected.slice(8));
  });

  it("waits for promised samples", async () => {
    const loader = new DataLoader(await made("promised.mjs"), {
      batchSize: 3,
      workers: 2,
      module: fixture("promised.mjs"),
    });
    expect(await read(loader)).toEqual([
      [
        { dtype: "float32", values: [0, 1, 2] },
        { dtype: "bool", values: [1, 0, 1] },
      ],
      [
        { dtype: "float32", values: [3, 4, 5] },
        { dtype: "bool", values: [0, 1, 0] },
      ],
      [
        { dtype: "float32", values: [6, 7] },
        { dtype: "bool", values: [1, 0] },
      ],
    ]);
  });

  it("lets a data set make batches itself", async () => {
    const loader = new DataLoader(await made("gathering.mjs"), {
      batchSize: 4,
      workers: 2,
      module: fixture("gathering.mjs"),
    });
    const batches = (await read(loader)) as { dtype: string; values: unknown }[][];
    expect(batches[2]).toEqual([
      {
        dtype: "float64",
        values: [
          [4, 4.125, 4.25, 4.375],
          [4.5, 4.625, 4.75, 4.875],
        ],
      },
      { dtype: "int32", values: [8, 9] },
    ]);
  });

  it("gives classes of one's own that extend typed arrays as what they extend, Buffers too", async () => {
    const module = new URL(
      "data:text/javascript,class Row extends Float32Array {}\n" +
        "export default { length: 12, get: (i) => [Row.of(i, 2), Buffer.from([i, 3])] }",
    );
    const collate = (samples: readonly unknown[]): unknown => samples[0];
    const [first] = await read(new DataLoader(twelve, { batchSize: 12, workers: 1, module, collate }));
    expect(first).toEqual([Float32Array.of(0, 2), Uint8Array.of(0, 3)]);
  });

  it("gives samples one by one with batchSize null, typed arrays as tensors", async () => {
    for (const name of ["squares.mjs", "promised.mjs"]) {
      const dataset = await made<Square>(name);
      const samples = async (workers: number): Promise<unknown[]> =>
        read(new DataLoader(dataset, { batchSize: null, shuffle: true, seed: 5, workers, module: fixture(name) }));
      const none = await samples(0);
      expect(none).toHaveLength(dataset.length);
      expect(await samples(2)).toEqual(none);
    }
  });

  it("asks for no more than is to be fetched ahead", async () => {
    const post = vi.spyOn(Worker.prototype, "postMessage");
    const loader = new DataLoader(twelve, { workers: 2, prefetch: 3, module: failing("") });
    let read = 0;
    for await (const _ of loader) {
      read++;
      // Each worker is told where its data set is, first.
      expect(post.mock.calls.length).toBe(2 + Math.min(12, read + 3));
    }
    expect(read).toBe(12);
  });

  it("ends workers when a loop ends, is left early or fails", async () => {
    const ended = vi.spyOn(Worker.prototype, "terminate");
    await read(new DataLoader(twelve, { batchSize: 6, workers: 2, module: failing("") }));
    expect(ended).toHaveBeenCalledTimes(2);
    for await (const _ of new DataLoader(twelve, { workers: 3, module: failing("") })) break;
    expect(ended).toHaveBeenCalledTimes(5);
    await errorOf(new DataLoader(twelve, { workers: 2, module: failing("how=throw&at=1") }));
    expect(ended).toHaveBeenCalledTimes(7);
  });

  it("keeps the process alive while one is waited for, and not when a loop is forgotten", async () => {
    const held: boolean[] = [];
    vi.spyOn(Worker.prototype, "ref").mockImplementation(() => void held.push(true));
    vi.spyOn(Worker.prototype, "unref").mockImplementation(() => void held.push(false));
    const loop = new DataLoader(twelve, { workers: 1, prefetch: 0, module: failing("") })[Symbol.asyncIterator]();
    await loop.next();
    expect([held[1], held.at(-1)]).toEqual([true, false]);
    await loop.return();
  });
});

describe("a worker of one's own", () => {
  /** As a browser has it, made of one of Node's. */
  function started(): DataWorker {
    const worker = new Worker(workerSource, { eval: true });
    return {
      postMessage: (message) => {
        const order = message as object;
        worker.postMessage("job" in order ? order : { ...order, module: failing("").href }, []);
      },
      addEventListener: (type: string, listener: (event: never) => void) =>
        void worker.on(type, (value: unknown) => listener((type === "message" ? { data: value } : value) as never)),
      terminate: () => void worker.terminate(),
    };
  }

  it("is started by a function, and reads the same", async () => {
    const batches = await read(new DataLoader(twelve, { batchSize: 5, workers: 2, module: started }));
    expect(batches.map((batch) => (batch as { values: number[] }).values)).toEqual([[0, 1, 2, 3, 4], [5, 6, 7, 8, 9], [10, 11]]); // prettier-ignore
  });

  it("cannot be served on this thread", () => {
    expect(() => serveDataset(twelve)).toThrow(
      new ValueError("serveDataset: expected a worker, got a thread that is none. Call it in the worker's file."),
    );
  });
});

describe("a worker that fails", () => {
  it.each(["throw", "exit", "later"])("tells which one, at which sample, within a second: %s", async (how) => {
    const loader = new DataLoader(twelve, { batchSize: 2, workers: 2, module: failing(`how=${how}&at=7`) });
    const { error, seen, waited } = await errorOf(loader);
    expect(waited).toBeLessThan(1000);
    expect(error).toBeInstanceOf(WorkerError);
    expect([error.name, error.worker, error.index]).toEqual(["WorkerError", 1, 7]);
    const got = {
      throw: "RangeError: no such file.",
      exit: "its end with exit code 3.",
      later: "TypeError: lost connection.",
    };
    expect(error.message).toBe(`DataLoader: expected sample 7 of worker 1, got ${got[how as keyof typeof got]}`);
    if (how === "throw") expect((error.cause as Error).stack).toContain("failing.mjs");
    // What was read before it is not lost, and the loader is where it failed.
    expect(seen).toHaveLength(3);
    expect(loader.stateDict().position).toBe(3);
  });

  it("tells of a module that has no data set, and of one that makes no batches", async () => {
    const cases: [URL, string][] = [
      [failing("how=import"), "DataLoader: expected a data set in worker 0, got RangeError: no such folder."],
      [fixture("absent.mjs"), "DataLoader: expected a data set in worker 0, got Error: Cannot find module"],
      [
        new URL("data:text/javascript,export default { length: 12, get() {}, gather() { throw Error('no rows') } }"),
        "DataLoader: expected a batch of 1 samples of worker 0, got Error: no rows.",
      ],
      [
        new URL("data:text/javascript,export default 5"),
        "got TypeError: expected the module's default export to be a data set",
      ],
    ];
    for (const [module, message] of cases) {
      const { error } = await errorOf(new DataLoader(twelve, { workers: 1, module }));
      expect(error).toBeInstanceOf(WorkerError);
      expect(error.message).toContain(message);
    }
  });

  it("tells of another data set than here, and of samples that cannot travel", async () => {
    const other = await errorOf(new DataLoader(twelve, { workers: 1, module: failing("length=5") }));
    expect(other.error).toBeInstanceOf(ValueError);
    expect(other.error.message).toBe("DataLoader: expected a data set of 12 samples in worker 0, as here, got 5.");
    const { error } = await errorOf(new DataLoader(twelve, { workers: 1, module: failing("how=function&at=2") }));
    expect(error.message).toContain(
      "DataLoader: expected sample 2 of worker 0, got TypeError: expected samples of tensors",
    );
  });

  it("is an error of options where a data set could not be sent", () => {
    expect(() => new DataLoader(twelve, { workers: 2 })).toThrow(
      "DataLoader: expected module for 2 workers, got none. A data set cannot be sent to workers: make it the default export",
    );
    expect(() => [...new DataLoader(twelve, { workers: 2, module: failing("") })]).toThrow(
      new ValueError("DataLoader: expected for await with 2 workers, got a plain for loop."),
    );
  });
});
