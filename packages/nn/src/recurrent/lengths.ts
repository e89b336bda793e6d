import { DTypeError, ShapeError, Tensor, ValueError } from "@tapegrad/tensor";
import { expectValue, formatShape, ranges, type ValueRange } from "@tapegrad/tensor/internal";

const numbers = ranges.listOf(ranges.integer);
const range: ValueRange<Lengths> = {
  ...ranges.either(numbers, ranges.instanceOf(Tensor)),
  text: `${numbers.text}, or an int32 tensor`,
};

/** How many steps each sequence of a batch has: numbers, or a tensor of int32, which compiled functions read if they capture it, not as an argument. */
export type Lengths = readonly number[] | Tensor;

/**
 * Lengths as numbers.
 *
 * @throws {ShapeError} unless there is one for each sequence of the batch
 * @throws {ValueError} for one that is not whole, or outside of the steps that there are
 */
export function readLengths(
  fn: string,
  lengths: Lengths,
  batch: number,
  [least, most]: readonly [number, number],
): readonly number[] {
  expectValue(fn, "lengths", lengths, range);
  if (lengths instanceof Tensor) {
    if (lengths.dtype !== "int32")
      throw new DTypeError(`${fn}: expected lengths of int32, got ${lengths.dtype}. Convert them with to("int32").`);
    if (lengths.ndim !== 1) {
      throw new ShapeError(`${fn}: expected lengths of shape [${batch}], got ${formatShape(lengths.shape)}.`);
    }
  }
  const values = lengths instanceof Tensor ? (lengths.toArray() as number[]) : lengths;
  if (values.length !== batch) {
    throw new ShapeError(`${fn}: expected ${batch} lengths, one for each sequence, got ${values.length}.`);
  }
  const wrong = values.find((length) => length < least || length > most);
  if (wrong !== undefined) throw new ValueError(`${fn}: expected lengths in [${least}, ${most}], got ${wrong}.`);
  return values;
}
