import { DataLoader, type Dataset, Subset, TensorDataset } from "@tapegrad/data";
import { Tensor, tensor, ValueError } from "@tapegrad/tensor";
import { quoted, type ValueRange } from "@tapegrad/tensor/internal";
import { batchOf, checkedBatch, inputList, isInputs, type LoaderBatch } from "./batch.ts";
import { type BatchSource, readerOf } from "./batch-source.ts";

/** What gives batches `[x, y]` or `[x, y, sampleWeight]`, and anew for each epoch: a `DataLoader`, a list, a stream. */
export type BatchLoader = Iterable<LoaderBatch> | AsyncIterable<LoaderBatch>;

/** How much each sample counts, in the order of the samples. */
export type SampleWeight = Tensor | ArrayLike<number>;

/** Weights of samples. */
export const sampleWeightRange: ValueRange<SampleWeight> = {
  text: "to be a tensor or a list of numbers",
  has: (value): value is SampleWeight =>
    value instanceof Tensor ||
    (Array.isArray(value) && value.every((weight) => typeof weight === "number")) ||
    (ArrayBuffer.isView(value) && "length" in value),
};

/** Samples that lie in memory as tensors. */
export interface Samples {
  readonly inputs: readonly Tensor[];
  readonly target: Tensor;
  readonly weight: Tensor | undefined;
}

/** How samples in memory are cut into batches. */
export interface BatchOrder {
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly seed?: number | undefined;
}

/** Whether a value gives batches. */
export function isLoader(value: unknown): value is BatchLoader {
  return (
    typeof value === "object" &&
    value !== null &&
    !isInputs(value) &&
    (Symbol.iterator in value || Symbol.asyncIterator in value)
  );
}

/**
 * Samples in memory, checked.
 *
 * @throws {ValueError} if they are no tensors
 * @throws {ShapeError} if first axes differ
 */
export function samplesOf(fn: string, x: unknown, y: unknown, weight?: SampleWeight): Samples {
  if (!isInputs(x)) {
    throw new ValueError(`${fn}: expected x to be a tensor, a list of tensors or a loader, got ${quoted(x)}.`);
  }
  if (!(y instanceof Tensor)) throw new ValueError(`${fn}: expected y to be a tensor, got ${quoted(y)}.`);
  const weights = weight === undefined || weight instanceof Tensor ? weight : tensor(Float32Array.from(weight));
  return checkedBatch(fn, { inputs: inputList(x), target: y, weight: weights });
}

/** The samples in batches. */
export function memorySource(samples: Samples, order: BatchOrder, part?: readonly [number, number]): BatchSource {
  const { inputs, target, weight } = samples;
  const whole: Dataset<Tensor[]> = new TensorDataset(...inputs, target, ...(weight === undefined ? [] : [weight]));
  const dataset = part === undefined ? whole : new Subset(whole, range(...part));
  const loader = new DataLoader(dataset, order);
  return {
    length: loader.length,
    read: () =>
      readerOf(loader[Symbol.iterator](), (given) => {
        const parts = given as readonly Tensor[];
        const count = inputs.length;
        return { inputs: parts.slice(0, count), target: parts[count]!, weight: parts[count + 1] };
      }),
    stateDict: () => loader.stateDict(),
    loadStateDict: (state) => loader.loadStateDict(state as ReturnType<typeof loader.stateDict>),
  };
}

function range(start: number, end: number): Int32Array {
  return Int32Array.from({ length: end - start }, (_, i) => start + i);
}

/** What a loader may have besides its batches. */
interface LoaderParts {
  readonly length?: unknown;
  readonly stateDict?: () => object;
  readonly loadStateDict?: (state: object) => void;
}

/** The batches of a loader. */
export function loaderSource(fn: string, loader: BatchLoader): BatchSource {
  const parts = loader as LoaderParts;
  return {
    length: typeof parts.length === "number" ? parts.length : undefined,
    read: () =>
      readerOf(Symbol.asyncIterator in loader ? loader[Symbol.asyncIterator]() : loader[Symbol.iterator](), (given) =>
        batchOf(fn, given),
      ),
    stateDict: () => parts.stateDict?.() ?? null,
    loadStateDict: (state) => parts.loadStateDict?.(state),
  };
}

/** The batches of a loader, or of samples in memory in their order. */
export function orderedSource(
  fn: string,
  x: unknown,
  y: unknown,
  weight: SampleWeight | undefined,
  batchSize: number,
): BatchSource {
  if (y === undefined && isLoader(x)) return loaderSource(fn, x);
  return memorySource(samplesOf(fn, x, y, weight), { batchSize, shuffle: false });
}
