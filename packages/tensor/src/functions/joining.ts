import { promote } from "../dtype.ts";
import { ShapeError, ValueError } from "../errors.ts";
import { expectNothing } from "../options/expect-nothing.ts";
import { count, either, listOf, whole } from "../options/ranges.ts";
import { expectValue } from "../options/value-range.ts";
import { formatShape, normalizeAxis, sameShape } from "../shape.ts";
import { expectTensor, tensorsOf } from "../tensor/expect-tensor.ts";
import type { SliceRange } from "../tensor/slice-range.ts";
import { apply, type Tensor } from "../tensor/tensor.ts";
import type { Tensors, TensorTuple } from "../tensor/tensor-tuple.ts";

const sizesRange = either(count, listOf(whole(0)));

/** Joins tensors along an existing axis, the first unless given. */
export function cat(tensors: Tensors, axis = 0, ...none: []): Tensor {
  expectNothing("cat", none);
  const list = tensorsOf("cat", "tensors", tensors);
  const [first] = list;
  if (first === undefined) throw new ValueError("cat: expected at least one tensor, got none.");
  const dtype = list.reduce((common, t) => promote(common, t.dtype), first.dtype);
  const same = list.map((t) => t.to(dtype));
  return apply("concat", same, { axis: normalizeAxis("cat", axis, first.ndim) })[0];
}

/** Joins tensors of one shape along a new axis, the first unless given. */
export function stack(tensors: Tensors, axis = 0, ...none: []): Tensor {
  expectNothing("stack", none);
  const list = tensorsOf("stack", "tensors", tensors);
  const [first] = list;
  if (first === undefined) throw new ValueError("stack: expected at least one tensor, got none.");
  const at = normalizeAxis("stack", axis, first.ndim + 1);
  const other = list.find(({ shape }) => !sameShape(shape, first.shape));
  if (other !== undefined) {
    throw new ShapeError(
      `stack: expected tensors of one shape, got ${formatShape(first.shape)} and ${formatShape(other.shape)}.`,
    );
  }
  return cat(
    list.map((t) => t.unsqueeze(at)),
    at,
  );
}

/**
 * Cuts along an axis into pieces of the given sizes, or of one size with a smaller rest.
 *
 * @returns the pieces, a tuple where there is one of sizes
 * @throws {ShapeError} when the sizes do not add up to the extent of the axis
 * @example
 * const [head, tail] = split(arange(5), [2, 3]);
 * [head.toArray(), tail.toArray()]; // => [[0, 1], [2, 3, 4]]
 */
export function split<const Sizes extends number | readonly number[]>(
  x: Tensor,
  sizes: Sizes,
  axis = 0,
  ...none: []
): Sizes extends readonly number[] ? TensorTuple<Sizes> : Tensor[] {
  expectNothing("split", none);
  expectTensor("split", "x", x);
  expectValue("split", "sizes", sizes, sizesRange);
  const at = normalizeAxis("split", axis, x.ndim);
  const extent = x.shape[at]!;
  const parts: readonly number[] =
    typeof sizes === "number"
      ? Array.from({ length: Math.max(Math.ceil(extent / sizes), 1) }, (_, i) => Math.min(sizes, extent - i * sizes))
      : sizes;
  if (parts.reduce((total, n) => total + n, 0) !== extent) {
    throw new ShapeError(`split: expected sizes that add up to ${extent}, got ${formatShape(parts)}.`);
  }
  let start = 0;
  const pieces = parts.map((n) => {
    const ranges: SliceRange[] = x.shape.map((_, a) => (a === at ? [start, start + n] : []));
    start += n;
    return x.slice(...ranges);
  });
  return pieces as Sizes extends readonly number[] ? TensorTuple<Sizes> : Tensor[];
}

/** Cuts along an axis into that many `pieces` of nearly one size. */
export function chunk(x: Tensor, pieces: number, axis = 0, ...none: []): Tensor[] {
  expectNothing("chunk", none);
  expectTensor("chunk", "x", x);
  expectValue("chunk", "pieces", pieces, count);
  const extent = x.shape[normalizeAxis("chunk", axis, x.ndim)]!;
  return split(x, Math.max(Math.ceil(extent / pieces), 1), axis);
}
