import { ShapeError, stack, type Tensor, type Tensors, ValueError } from "@tapegrad/tensor";
import {
  expectTensor,
  formatShape,
  option,
  type OptionTable,
  ranges,
  sameShape,
  settleOptions,
  tensorsOf,
} from "@tapegrad/tensor/internal";
import { type Lengths, readLengths } from "./lengths.ts";

/** Options of {@link unpadSequence} and of what else reads padded sequences. */
export interface SequenceLayout {
  /** Whether padded sequences are `[batch, time, ...]`; `[time, batch, ...]` unless given, as in PyTorch. */
  readonly batchFirst?: boolean;
}

/** {@link SequenceLayout}, row by row. */
export const layoutTable: OptionTable<SequenceLayout> = { batchFirst: option(ranges.flag, false) };

/** Options of {@link padSequence}. */
export interface PadSequenceOptions extends SequenceLayout {
  /** What stands where a sequence has no step; 0 unless given. */
  readonly paddingValue?: number;
  /** At which end; "right" unless given. */
  readonly paddingSide?: "left" | "right";
}

const padTable: OptionTable<PadSequenceOptions> = {
  ...layoutTable,
  paddingValue: option(ranges.anyNumber, 0),
  paddingSide: option(ranges.oneOf("left", "right"), "right"),
};

/** The sequences, if there is one and all have the same axes behind time. */
export function sequencesOf(fn: string, sequences: Tensors): readonly [Tensor, ...Tensor[]] {
  const list = tensorsOf(fn, "sequences", sequences);
  const [first] = list;
  if (first === undefined) throw new ValueError(`${fn}: expected at least one sequence, got none.`);
  const rest = first.shape.slice(1);
  const other = list.find(({ shape }) => shape.length === 0 || !sameShape(shape.slice(1), rest));
  if (other !== undefined) {
    throw new ShapeError(
      `${fn}: expected sequences of shape [${["time", ...rest].join(", ")}], got ${formatShape(other.shape)}.`,
    );
  }
  return list as readonly [Tensor, ...Tensor[]];
}

/**
 * Sequences `[time, ...]` of any lengths as one tensor, as long as the longest of them.
 *
 * @returns `[time, batch, ...]`, or `[batch, time, ...]` with `batchFirst`
 * @throws {ShapeError} when they differ in more than their lengths
 * @throws {ValueError} when there is none
 * @example
 * padSequence([tensor([1, 2, 3]), tensor([4])], { batchFirst: true }).toArray(); // => [[1, 2, 3], [4, 0, 0]]
 * padSequence([tensor([1, 2]), tensor([3])], { batchFirst: true, paddingSide: "left", paddingValue: -1 }).toArray(); // => [[1, 2], [-1, 3]]
 */
export function padSequence(sequences: Tensors, options: PadSequenceOptions = {}): Tensor {
  const { batchFirst, paddingValue: value, paddingSide } = settleOptions("padSequence", options, padTable);
  const list = sequencesOf("padSequence", sequences);
  const time = Math.max(...list.map(({ shape }) => shape[0]!));
  const padded = list.map((sequence) => {
    const missing = time - sequence.shape[0]!;
    const along = paddingSide === "left" ? ([missing, 0] as const) : ([0, missing] as const);
    return sequence.pad([along, ...sequence.shape.slice(1).map(() => [0, 0] as const)], { value });
  });
  return stack(padded, batchFirst ? 0 : 1);
}

/**
 * The sequences of a tensor that was padded at the right: {@link padSequence} back.
 *
 * @param padded `[time, batch, ...]`, or `[batch, time, ...]` with `batchFirst`
 * @param lengths how many steps each sequence has
 * @returns for each sequence `[length, ...]`
 * @throws {ShapeError} unless there are two axes, and a length for each sequence
 * @throws {ValueError} for a length that is negative or longer than time
 * @example
 * const padded = tensor([[1, 2, 3], [4, 0, 0]]);
 * unpadSequence(padded, [3, 1], { batchFirst: true }).map((t) => t.toArray()); // => [[1, 2, 3], [4]]
 */
export function unpadSequence(padded: Tensor, lengths: Lengths, options: SequenceLayout = {}): Tensor[] {
  const { batchFirst } = settleOptions("unpadSequence", options, layoutTable);
  const [time, batch] = paddedExtents("unpadSequence", padded, batchFirst);
  const list = readLengths("unpadSequence", lengths, batch, [0, time]);
  return list.map((length, i) => (batchFirst ? padded.slice(i, [0, length]) : padded.slice([0, length], i)));
}

/** Time and batch of padded sequences. */
export function paddedExtents(fn: string, padded: Tensor, batchFirst: boolean): readonly [time: number, batch: number] {
  expectTensor(fn, "padded", padded);
  const [first, second] = padded.shape;
  if (first === undefined || second === undefined) {
    const layout = batchFirst ? "batch, time" : "time, batch";
    throw new ShapeError(`${fn}: expected padded of shape [${layout}, ...], got ${formatShape(padded.shape)}.`);
  }
  return batchFirst ? [second, first] : [first, second];
}
