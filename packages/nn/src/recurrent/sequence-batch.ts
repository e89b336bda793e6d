import { cat, ShapeError, split, stack, Tensor, ValueError, where } from "@tapegrad/tensor";
import { expectOptionalTensor, formatShape, quoted } from "@tapegrad/tensor/internal";
import { expectMask } from "../module/expect-mask.ts";
import { expectPacked, type PackedSequence } from "./packed-sequence.ts";
import type { Steps } from "./scan.ts";

/** A batch of sequences, padded or packed, as the layers of a recurrent network go through it. */
export interface SequenceBatch {
  readonly steps: Steps;
  /** Every element of the input. */
  readonly data: Tensor;
  /** The shape of states as they are given and got: `[count, batch, size]`, or without the batch. */
  readonly stateShape: (count: number, size: number) => readonly number[];
  /** States as given with their rows as those of the steps, `[count, batch, size]`. */
  readonly enter: (state: Tensor) => Tensor;
  /** The way back. */
  readonly leave: (state: Tensor) => Tensor;
  /** Outputs of all steps, laid out as the input was. */
  readonly join: (outputs: readonly Tensor[]) => Tensor | PackedSequence;
}

/** How a layer has its input. */
export interface SequenceOptions {
  readonly inputSize: number;
  readonly batchFirst: boolean;
}

/**
 * The input of a recurrent layer, step by step.
 *
 * @param mask which steps count, bool in the shape of a padded `x` without its features; all unless given
 * @throws {ShapeError} for an input or a mask of another shape, or without a step
 * @throws {DTypeError} for a mask that is not bool
 * @throws {ValueError} for a mask beside what is packed
 */
export function sequenceBatch(
  fn: string,
  x: Tensor | PackedSequence,
  mask: Tensor | undefined,
  options: SequenceOptions,
): SequenceBatch {
  expectOptionalTensor(`${fn}.forward`, "mask", mask);
  if (x instanceof Tensor) return paddedBatch(fn, x, mask, options);
  if (typeof x !== "object" || x === null || !("batchSizes" in x)) {
    throw new ValueError(`${fn}.forward: expected x to be a tensor or a packed sequence, got ${quoted(x)}.`);
  }
  if (mask !== undefined) throw new ValueError(`${fn}: expected no mask with a packed sequence, got one.`);
  return packedBatch(fn, x, options);
}

function paddedBatch(
  fn: string,
  x: Tensor,
  mask: Tensor | undefined,
  { inputSize, batchFirst }: SequenceOptions,
): SequenceBatch {
  const single = x.ndim === 2;
  if ((x.ndim !== 3 && !single) || x.shape.at(-1) !== inputSize) {
    const layout = batchFirst ? "batch, time" : "time, batch";
    throw new ShapeError(`${fn}: expected input of shape [${layout}, ${inputSize}], got ${formatShape(x.shape)}.`);
  }
  if (mask !== undefined) expectMask(fn, mask, x.shape.slice(0, -1));
  const timeFirst = (t: Tensor): Tensor => (single ? t.unsqueeze(1) : batchFirst ? t.transpose(0, 1) : t);
  // What does not count changes nothing, NaN in the gradient included.
  const sequence = timeFirst(mask === undefined ? x : where(mask.unsqueeze(-1), x, 0)); // [time, batch, in]
  const [time, batch] = sequence.shape as [number, number];
  if (time === 0) {
    throw new ShapeError(`${fn}: expected a sequence of at least one step, got ${formatShape(x.shape)}.`);
  }
  const each = (t: Tensor): readonly Tensor[] => Array.from({ length: time }, (_, i) => t.slice(i));
  return {
    steps: { inputs: each(sequence), masks: mask && each(timeFirst(mask).unsqueeze(-1)) },
    data: x,
    stateShape: (count, size) => (single ? [count, size] : [count, batch, size]),
    enter: (state) => (single ? state.unsqueeze(1) : state),
    leave: (state) => (single ? state.squeeze(1) : state),
    join: (outputs) => (single ? stack(outputs).squeeze(1) : stack(outputs, batchFirst ? 1 : 0)),
  };
}

function packedBatch(fn: string, x: PackedSequence, { inputSize }: SequenceOptions): SequenceBatch {
  expectPacked(fn, "x", x);
  const { data, batchSizes, sortedIndices, unsortedIndices } = x;
  if (data.ndim !== 2 || data.shape[1] !== inputSize) {
    throw new ShapeError(`${fn}: expected packed data of shape [steps, ${inputSize}], got ${formatShape(data.shape)}.`);
  }
  const ordered = (state: Tensor, by: Tensor | undefined): Tensor =>
    by === undefined ? state : state.indexSelect(1, by);
  return {
    steps: { inputs: split(data, batchSizes), masks: undefined },
    data,
    stateShape: (count, size) => [count, batchSizes[0]!, size],
    enter: (state) => ordered(state, sortedIndices),
    leave: (state) => ordered(state, unsortedIndices),
    join: (outputs) => ({ ...x, data: cat(outputs) }),
  };
}
