import { ShapeError, Tensor, ValueError } from "@tapegrad/tensor";
import { formatShape, quoted } from "@tapegrad/tensor/internal";

/** What a net takes: one tensor, or one for each input. */
export type Inputs = Tensor | readonly Tensor[];

/** A batch as a loader gives it: input, target and, if samples count differently, how much each counts. */
export type LoaderBatch = readonly [x: Inputs, y: Tensor, sampleWeight?: Tensor];

/** What is trained on at once; the first axes belong together. */
export interface Batch {
  /** What `forward` takes. */
  readonly inputs: readonly Tensor[];
  /** What the predictions are compared with. */
  readonly target: Tensor;
  /** How much each sample counts; 1 unless given. */
  readonly weight: Tensor | undefined;
}

/** Whether a value is what a net takes. */
export function isInputs(value: unknown): value is Inputs {
  return (
    value instanceof Tensor || (Array.isArray(value) && value.length > 0 && value.every((x) => x instanceof Tensor))
  );
}

/** What a net takes, as a list. */
export function inputList(x: Inputs): readonly Tensor[] {
  return x instanceof Tensor ? [x] : x;
}

/**
 * What a loader gave, checked.
 *
 * @throws {ValueError} unless it is `[x, y]` or `[x, y, sampleWeight]`
 * @throws {ShapeError} if the first axes differ
 */
export function batchOf(fn: string, given: unknown): Batch {
  const [x, y, weight, ...rest] = Array.isArray(given) ? (given as unknown[]) : [];
  const isWeight = weight === undefined || weight instanceof Tensor;
  if (!isInputs(x) || !(y instanceof Tensor) || !isWeight || rest.length > 0) {
    throw new ValueError(`${fn}: expected batches [x, y] or [x, y, sampleWeight] of tensors, got ${quoted(given)}.`);
  }
  return checkedBatch(fn, { inputs: inputList(x), target: y, weight });
}

/** The batch, if its first axes have one size. */
export function checkedBatch(fn: string, batch: Batch): Batch {
  const parts = [...batch.inputs, batch.target, ...(batch.weight === undefined ? [] : [batch.weight])];
  const samples = batch.target.shape[0];
  if (samples === undefined || parts.some(({ shape }) => shape[0] !== samples)) {
    throw new ShapeError(
      `${fn}: expected x, y and weights with one first axis, got ${parts.map(({ shape }) => formatShape(shape)).join(", ")}.`,
    );
  }
  if (samples === 0) throw new ValueError(`${fn}: expected at least one sample, got none.`);
  return batch;
}

/** How many samples a batch has. */
export function samplesIn({ target }: Batch): number {
  return target.shape[0] ?? 0;
}
