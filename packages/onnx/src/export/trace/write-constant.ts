import type { DType, TypedArray } from "@tapegrad/tensor";
import { dtypes, machineEpsilon, isFloat } from "@tapegrad/tensor/internal";
import { formatExtents, isFixed, type Line, lineThrough } from "../graph/extent.ts";
import type { GraphWriter } from "../graph/graph-writer.ts";
import type { Aligned } from "./alignment.ts";
import { followsBatch } from "./refused.ts";

/**
 * Writes a constant. One that follows the batch is expressed by it: equal elements of a shape that grows, numbers that
 * grow along a line, or divide by one, such as the 1/n of a mean.
 *
 * @param user the operation that reads it, for messages
 */
export function writeConstant(writer: GraphWriter, batches: readonly number[], value: Aligned, user: string): string {
  const { shape, dtype } = value;
  const seen = value.at.map(({ from }) => (from as { readonly data: TypedArray }).data);
  const first = seen[0]!;
  const refusal = (): Error =>
    followsBatch(`a constant of shape ${formatExtents(shape)} in ${user} that is another for each`);
  if (!shape.every(isFixed)) {
    const [element] = first;
    const isUniform = seen.every((data) => data.every((each) => Object.is(each, element)));
    if (element === undefined || !isUniform) throw refusal();
    return writer.node("Expand", [writer.scalar(element, dtype), writer.extents(shape)]);
  }
  if (seen.every((data) => data.every((each, i) => Object.is(each, first[i])))) {
    return writer.constant(first.slice(), shape, dtype);
  }
  const line = linesThrough(batches, seen, dtype);
  if (line !== undefined) return alongLine(writer, line, shape, dtype);
  const reciprocals = seen.map((data) => Float64Array.from(data, (each) => 1 / each));
  const inverse = isFloat(dtype) ? linesThrough(batches, reciprocals, dtype) : undefined;
  if (inverse === undefined) throw refusal();
  return writer.node("Reciprocal", [alongLine(writer, inverse, shape, dtype)]);
}

/** A line through each element. */
function linesThrough(
  batches: readonly number[],
  seen: readonly TypedArray[],
  dtype: DType,
): readonly Line[] | undefined {
  // Both ends of a line are rounded, and so is what is compared.
  const tolerance = isFloat(dtype) ? 8 * machineEpsilon(dtype) : 0;
  const lines = Array.from(seen[0]!, (_, i) => lineThrough(batches, seen.map((data) => data[i]!), tolerance)); // prettier-ignore
  const isSayable = (line: Line | undefined): line is Line =>
    line !== undefined && (isFloat(dtype) || (Number.isInteger(line.scale) && Number.isInteger(line.offset)));
  return lines.every(isSayable) ? lines : undefined;
}

/** `scale · batch + offset`, element by element. */
function alongLine(writer: GraphWriter, lines: readonly Line[], shape: readonly number[], dtype: DType): string {
  const column = (name: keyof Line): string =>
    writer.constant(new dtypes[dtype].array(lines.map((line) => line[name])), shape, dtype);
  return writer.node("Add", [writer.node("Mul", [writer.batch(dtype), column("scale")]), column("offset")]);
}
