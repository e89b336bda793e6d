import { ShapeError, type Tensor, tensor, ValueError } from "@tapegrad/tensor";
import { expectTensor, expectValue, formatShape, isPlainObject, quoted, ranges } from "@tapegrad/tensor/internal";
import { checkVector } from "../module/check-vector.ts";

/**
 * Sequences of different lengths without padding, as PyTorch has them: the first steps of all of them, then the second
 * steps of those that have one, and so on, each time from the longest sequence on. `packSequence` and
 * `packPaddedSequence` make it; `{ ...packed, data }` has other elements in the same places.
 *
 * In compiled functions `batchSizes` are facts of the plan: other ones build another plan.
 */
export interface PackedSequence {
  /** `[steps of all sequences, ...]` */
  readonly data: Tensor;
  /** How many sequences have each step. */
  readonly batchSizes: readonly number[];
  /** Where each sequence stood in the batch, from the longest on: int32 `[batch]`. Undefined if they stood in this order. */
  readonly sortedIndices?: Tensor | undefined;
  /** Where each sequence of the batch stands now: int32 `[batch]`. Undefined if they stood in this order. */
  readonly unsortedIndices?: Tensor | undefined;
}

/** Throws unless `value` is a packed sequence whose parts fit together. */
export function expectPacked(fn: string, name: string, value: unknown): asserts value is PackedSequence {
  if (!isPlainObject(value) || !("data" in value) || !("batchSizes" in value)) {
    throw new ValueError(`${fn}: expected ${name} to be a packed sequence { data, batchSizes }, got ${quoted(value)}.`);
  }
  const { data, batchSizes, sortedIndices, unsortedIndices } = value;
  expectTensor(fn, `${name}.data`, data);
  expectValue(fn, `${name}.batchSizes`, batchSizes, ranges.listOf(ranges.count));
  const total = batchSizes.reduce((sum, size) => sum + size, 0);
  if (batchSizes.length === 0 || batchSizes.some((size, t) => size > (batchSizes[t - 1] ?? size))) {
    throw new ValueError(`${fn}: expected ${name}.batchSizes that never grow, got [${batchSizes.join(", ")}].`);
  }
  if (data.shape[0] !== total) {
    throw new ShapeError(
      `${fn}: expected ${name}.data of shape [${total}, ...], as many as batchSizes add up to, got ${formatShape(data.shape)}.`,
    );
  }
  if ((sortedIndices === undefined) !== (unsortedIndices === undefined)) {
    throw new ValueError(
      `${fn}: expected ${name} with sortedIndices and unsortedIndices or with neither, got one of them.`,
    );
  }
  checkVector(fn, `${name}.sortedIndices`, sortedIndices as Tensor | undefined, [batchSizes[0]!]);
  checkVector(fn, `${name}.unsortedIndices`, unsortedIndices as Tensor | undefined, [batchSizes[0]!]);
}

/** How long each sequence is, from the longest on. */
export function lengthsOf(batchSizes: readonly number[]): number[] {
  return Array.from({ length: batchSizes[0]! }, (_, row) => batchSizes.filter((size) => size > row).length);
}

/** Where the rows of each step begin in the data. */
export function startsOf(batchSizes: readonly number[]): number[] {
  let next = 0;
  return batchSizes.map((size) => (next += size) - size);
}

/**
 * Packs rows of `flat`.
 *
 * @param flat `[..., ...]`, rows of all sequences along axis 0
 * @param lengths of the sequences in the order of the batch, each at least 1
 * @param rowOf where in `flat` step t of a sequence stands
 * @throws {ValueError} when lengths grow and have to be sorted
 */
export function packRows(
  fn: string,
  flat: Tensor,
  lengths: readonly number[],
  rowOf: (sequence: number, t: number) => number,
  enforceSorted: boolean,
): PackedSequence {
  if (enforceSorted && lengths.some((length, i) => length > (lengths[i - 1] ?? length))) {
    throw new ValueError(
      `${fn}: expected lengths that never grow, got [${lengths.join(", ")}]. Pass { enforceSorted: false } to have them sorted.`,
    );
  }
  const order = [...lengths.keys()];
  if (!enforceSorted) order.sort((a, b) => lengths[b]! - lengths[a]!);
  const steps = Array.from({ length: lengths[order[0]!]! }, (_, t) => order.filter((i) => lengths[i]! > t));
  const rows = steps.flatMap((sequences, t) => sequences.map((i) => rowOf(i, t)));
  const data = flat.indexSelect(0, indices(rows));
  const batchSizes = steps.map(({ length }) => length);
  if (enforceSorted) return { data, batchSizes };
  const places: number[] = [];
  for (const [place, i] of order.entries()) places[i] = place;
  return { data, batchSizes, sortedIndices: indices(order), unsortedIndices: indices(places) };
}

/** Positions as a tensor. */
export function indices(positions: readonly number[]): Tensor {
  return tensor(positions, { dtype: "int32" });
}
