import { cat, ShapeError, type Tensor, type Tensors, ValueError } from "@tapegrad/tensor";
import {
  expectNothing,
  formatShape,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { type Lengths, readLengths } from "./lengths.ts";
import { expectPacked, indices, lengthsOf, type PackedSequence, packRows, startsOf } from "./packed-sequence.ts";
import { layoutTable, paddedExtents, type SequenceLayout, sequencesOf } from "./pad-sequence.ts";

/** Options of {@link packSequence}. */
export interface PackSequenceOptions {
  /** Whether sequences have to come from the longest on; otherwise they are sorted. True unless given, as in PyTorch. */
  readonly enforceSorted?: boolean;
}

/** Options of {@link packPaddedSequence}. */
export interface PackPaddedSequenceOptions extends PackSequenceOptions, SequenceLayout {}

/** Options of {@link padPackedSequence}. */
export interface PadPackedSequenceOptions extends SequenceLayout {
  /** What stands behind the end of a sequence; 0 unless given. */
  readonly paddingValue?: number;
  /** How long time becomes; as the longest sequence unless given. */
  readonly totalLength?: number | undefined;
}

const packTable: OptionTable<PackSequenceOptions> = { enforceSorted: option(ranges.flag, true) };
const packPaddedTable: OptionTable<PackPaddedSequenceOptions> = { ...layoutTable, ...packTable };
const padPackedTable: OptionTable<PadPackedSequenceOptions> = {
  ...layoutTable,
  paddingValue: option(ranges.anyNumber, 0),
  totalLength: optional(ranges.count),
};

/**
 * Packs sequences that were padded at the right: the padding is left out. What recurrent layers then compute is what they
 * compute for each sequence alone.
 *
 * @param padded `[time, batch, ...]`, or `[batch, time, ...]` with `batchFirst`
 * @param lengths how many steps each sequence has; what is longer than the longest is left out
 * @throws {ShapeError} unless there are two axes, and a length for each sequence
 * @throws {ValueError} for a length less than 1 or longer than time, and for growing ones unless `enforceSorted` is false
 * @example
 * const padded = tensor([[1, 2, 3], [4, 0, 0]]);
 * const packed = packPaddedSequence(padded, [3, 1], { batchFirst: true });
 * packed.data.toArray(); // => [1, 4, 2, 3]
 * packed.batchSizes; // => [2, 1, 1]
 * const lstm = new LSTM(3, 4);
 * const [output, [h]] = lstm.forward(packPaddedSequence(randn([5, 2, 3]), [5, 2]));
 * padPackedSequence(output)[0].shape; // => [5, 2, 4]
 * h.shape; // => [1, 2, 4]
 */
export function packPaddedSequence(
  padded: Tensor,
  lengths: Lengths,
  options: PackPaddedSequenceOptions = {},
): PackedSequence {
  const fn = "packPaddedSequence";
  const { batchFirst, enforceSorted } = settleOptions(fn, options, packPaddedTable);
  const [time, batch] = paddedExtents(fn, padded, batchFirst);
  if (time === 0 || batch === 0) {
    throw new ShapeError(
      `${fn}: expected at least one sequence of at least one step, got ${formatShape(padded.shape)}.`,
    );
  }
  const list = readLengths(fn, lengths, batch, [1, time]);
  const rowOf = batchFirst ? (i: number, t: number) => i * time + t : (i: number, t: number) => t * batch + i;
  return packRows(fn, padded.reshape([time * batch, ...padded.shape.slice(2)]), list, rowOf, enforceSorted);
}

/**
 * Sequences `[time, ...]` of any lengths, packed.
 *
 * @throws {ShapeError} when they differ in more than their lengths
 * @throws {ValueError} when there is none, one has no step, or they grow unless `enforceSorted` is false
 * @example
 * const packed = packSequence([tensor([1, 2]), tensor([3, 4, 5])], { enforceSorted: false });
 * packed.data.toArray(); // => [3, 1, 4, 2, 5]
 * packed.sortedIndices?.toArray(); // => [1, 0]
 */
export function packSequence(sequences: Tensors, options: PackSequenceOptions = {}): PackedSequence {
  const { enforceSorted } = settleOptions("packSequence", options, packTable);
  const list = sequencesOf("packSequence", sequences);
  const lengths = list.map(({ shape }) => shape[0]!);
  if (lengths.includes(0)) {
    throw new ValueError(`packSequence: expected sequences of at least one step, got one of none.`);
  }
  const starts = startsOf(lengths);
  return packRows("packSequence", cat(list), lengths, (i, t) => starts[i]! + t, enforceSorted);
}

/**
 * A packed sequence as one tensor, padded at the right, in the order that the batch had: {@link packPaddedSequence} back.
 *
 * @returns `[time, batch, ...]`, or `[batch, time, ...]` with `batchFirst`, and the lengths, int32 `[batch]`
 * @throws {ValueError} for a `totalLength` less than the longest sequence
 * @example
 * const packed = packSequence([tensor([1, 2]), tensor([3])]);
 * const [padded, lengths] = padPackedSequence(packed, { batchFirst: true, totalLength: 3 });
 * padded.toArray(); // => [[1, 2, 0], [3, 0, 0]]
 * lengths.toArray(); // => [2, 1]
 */
export function padPackedSequence(
  sequence: PackedSequence,
  options: PadPackedSequenceOptions = {},
): readonly [padded: Tensor, lengths: Tensor] {
  const fn = "padPackedSequence";
  const { batchFirst, paddingValue, totalLength } = settleOptions(fn, options, padPackedTable);
  expectPacked(fn, "sequence", sequence);
  const { data, batchSizes, unsortedIndices } = sequence;
  const time = totalLength ?? batchSizes.length;
  if (time < batchSizes.length) {
    throw new ValueError(
      `${fn}: expected totalLength of at least ${batchSizes.length}, the length of the longest sequence, got ${time}.`,
    );
  }
  const [batch, rest] = [batchSizes[0]!, data.shape.slice(1)];
  const starts = startsOf(batchSizes);
  // Behind the data stands what is padded with.
  const none = data.shape[0]!;
  const rowOf = (i: number, t: number): number => (i < (batchSizes[t] ?? 0) ? starts[t]! + i : none);
  const rows = Array.from({ length: time * batch }, (_, at) =>
    batchFirst ? rowOf(Math.floor(at / time), at % time) : rowOf(at % batch, Math.floor(at / batch)),
  );
  const padded = data
    .pad([[0, 1], ...rest.map(() => [0, 0] as const)], { value: paddingValue })
    .indexSelect(0, indices(rows))
    .reshape(batchFirst ? [batch, time, ...rest] : [time, batch, ...rest]);
  const lengths = indices(lengthsOf(batchSizes));
  if (unsortedIndices === undefined) return [padded, lengths];
  return [padded.indexSelect(batchFirst ? 0 : 1, unsortedIndices), lengths.indexSelect(0, unsortedIndices)];
}

/**
 * The sequences of a packed sequence, in the order that the batch had: {@link packSequence} back.
 *
 * @returns for each sequence `[length, ...]`
 * @throws {CompileError} in a compiled function that gets `unsortedIndices` as an argument: which is how long is then unknown
 * @example
 * const packed = packSequence([tensor([1, 2]), tensor([3, 4, 5])], { enforceSorted: false });
 * unpackSequence(packed).map((t) => t.toArray()); // => [[1, 2], [3, 4, 5]]
 */
export function unpackSequence(sequence: PackedSequence, ...none: []): Tensor[] {
  expectNothing("unpackSequence", none);
  expectPacked("unpackSequence", "sequence", sequence);
  const { data, batchSizes, unsortedIndices } = sequence;
  const [lengths, starts] = [lengthsOf(batchSizes), startsOf(batchSizes)];
  const order = unsortedIndices === undefined ? [...lengths.keys()] : (unsortedIndices.toArray() as number[]);
  return order.map((row) => data.indexSelect(0, indices(starts.slice(0, lengths[row]).map((start) => start + row))));
}
