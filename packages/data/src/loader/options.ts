import { ValueError } from "@tapegrad/tensor";
import { option, optional, type OptionTable, ranges, settleOptions, type ValueRange } from "@tapegrad/tensor/internal";
import { convert, type Converted } from "../convert.ts";
import type { Collated } from "../dataset.ts";
import { type BatchList, type BatchOrder, batchOrderRange } from "../samplers/batch-order.ts";
import { seedOption } from "../samplers/fresh-seed.ts";
import { type Sampler, samplerRange } from "../samplers/sampler.ts";
import type { WorkerModule } from "../workers/start-worker.ts";

/** Options of `DataLoader`. */
export interface DataLoaderOptions<Sample, Batch, Size extends number | null = number> {
  /** How many samples a batch has; 1 if absent. With null nothing makes batches: samples come one by one, as they are. */
  readonly batchSize?: Size;
  /** Whether each epoch has a new random order; false if absent. */
  readonly shuffle?: boolean;
  /** Of `shuffle`: the same seed gives the same orders. Drawn from the default generator if absent. */
  readonly seed?: number | undefined;
  /** The order to read in, instead of `shuffle`: a sampler, or the indices themselves. */
  readonly sampler?: Sampler | ArrayLike<number> | undefined;
  /**
   * Which samples make which batches, instead of `batchSize`, `shuffle`, `sampler` and `dropLast`: lists of indices such as
   * `[[0, 3], [1, 2, 4]]`, whatever gives such lists anew in each epoch, or an object with `length` and `batches(epoch)`.
   */
  readonly batchSampler?: BatchOrder | BatchList | undefined;
  /** Whether to leave out a last batch that is smaller than the others; false if absent. */
  readonly dropLast?: boolean;
  /**
   * Makes a batch of a list of samples; if absent, tensors are stacked and tuples stay tuples. With `batchSize: null` it is
   * given each sample; if absent, typed arrays become tensors and the rest stays, as in `convert`.
   */
  readonly collate?: ((samples: Gathered<Sample, Size>) => Batch | Promise<Batch>) | undefined;
  /**
   * How many batches are on their way, in a `for await` loop, while one is worked on. If absent, two for each worker, and
   * none without workers.
   */
  readonly prefetch?: number | undefined;
  /** How many workers read the samples; 0, the default, reads them here. They need `module`. */
  readonly workers?: number;
  /**
   * The module that has the data set as its default export, or a function that makes it, since data sets cannot be sent to
   * workers: `new URL("./dataset.js", import.meta.url)`. Or a function that starts a worker which calls `serveDataset`.
   */
  readonly module?: WorkerModule | undefined;
}

/** What a `collate` function is given: a list of samples, or a sample where nothing makes batches. */
export type Gathered<Sample, Size extends number | null> = Size extends null
  ? Awaited<Sample>
  : readonly Awaited<Sample>[];

/** What comes out of a `DataLoader` unless its options have `collate`. */
export type BatchOf<Sample, Size extends number | null> = Size extends null
  ? Converted<Awaited<Sample>>
  : Collated<Sample>;

const moduleRange: ValueRange<WorkerModule> = {
  text: "to be the URL of a module or a function that starts a worker",
  has: (value): value is WorkerModule =>
    typeof value === "string" ||
    typeof value === "function" ||
    (typeof value === "object" && value !== null && "href" in value && typeof value.href === "string"),
};

type AnyOptions = DataLoaderOptions<never, unknown, number | null>;

const table: OptionTable<AnyOptions> = {
  batchSize: option(ranges.orNull(ranges.count), 1),
  shuffle: option(ranges.flag, false),
  seed: seedOption,
  sampler: optional(samplerRange),
  batchSampler: optional(batchOrderRange),
  dropLast: option(ranges.flag, false),
  collate: optional(ranges.callable()),
  prefetch: optional(ranges.whole(0)),
  workers: option(ranges.whole(0), 0),
  module: optional(moduleRange),
};

/** Options with what they stand for if they are absent. */
export type Settled = Required<Omit<AnyOptions, "collate">> & {
  readonly prefetch: number;
  /** How many samples are read at once: 1 where nothing makes batches. */
  readonly size: number;
  /** Makes a batch of a list of samples, which is one sample where nothing makes batches. */
  readonly collate: ((samples: readonly never[]) => unknown) | undefined;
};

/** @throws {ValueError} for options that are unknown, out of range, or do not go together */
export function settleLoaderOptions(options: object): Settled {
  const settled = settleOptions<AnyOptions>("DataLoader", options, table);
  const { batchSize, shuffle, seed, sampler, dropLast, workers, module } = settled;
  if (sampler !== undefined && shuffle) {
    throw new ValueError("DataLoader: expected either shuffle or a sampler, got both.");
  }
  if (settled.batchSampler !== undefined) expectAlone(options);
  if (sampler !== undefined && seed !== undefined) {
    throw new ValueError(
      "DataLoader: expected either seed or a sampler, got both. It is the seed of shuffle: samplers have their own.",
    );
  }
  if (batchSize === null && dropLast) {
    throw new ValueError("DataLoader: expected either dropLast or batchSize null, which makes no batches, got both.");
  }
  if (workers > 0 && module === undefined) {
    throw new ValueError(
      `DataLoader: expected module for ${workers} workers, got none. A data set cannot be sent to workers: ` +
        "make it the default export of a module, and pass module: new URL(..., import.meta.url).",
    );
  }
  const collate = settled.collate as ((samples: unknown) => unknown) | undefined;
  return {
    ...settled,
    prefetch: settled.prefetch ?? 2 * workers,
    size: batchSize ?? 1,
    collate: batchSize === null ? ([sample]) => (collate ?? convert)(sample) : collate,
  };
}

/** Throws if an option is given in whose place a batch sampler stands. */
function expectAlone(options: object): void {
  const given = options as Readonly<Record<string, unknown>>;
  const other = (["batchSize", "shuffle", "seed", "sampler", "dropLast"] as const).find(
    (name) => given[name] !== undefined && given[name] !== false,
  );
  if (other !== undefined) throw new ValueError(`DataLoader: expected either batchSampler or ${other}, got both.`);
}

const shuffled = " Shuffle it by pipeline(stream).shuffle(buffer).";

/** What only data sets with a length have: what stands for none, and what to do instead. */
const ofLength = [
  ["shuffle", false, shuffled],
  ["seed", undefined, shuffled],
  ["sampler", undefined, ""],
  ["batchSampler", undefined, ""],
  ["workers", 0, " Workers read data sets with length and get(index)."],
] as const;

/** Throws for options that only data sets with a length have. */
export function expectStreamOptions(settled: Settled): void {
  for (const [name, none, hint] of ofLength) {
    if (settled[name] !== none) throw new ValueError(`DataLoader: expected no ${name} for a stream, got one.${hint}`);
  }
}
