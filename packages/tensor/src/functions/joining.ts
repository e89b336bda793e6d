import { promote } from "../dtype.ts";
import { ShapeError, ValueError } from "../errors.ts";
import { expectNothing } from "../options/expect-nothing.ts";
import { count, either, listOf, whole } from "../options/ranges.ts";
import { expectValue } from "../options/value-range.ts";
import { formatShape, normalizeAxis, sameShape } from "../shape.ts";
import { expectTensor, expectTensors } from "../tensor/expect-tensor.ts";
import type { SliceRange } from "../tensor/slice-range.ts";
import { apply, type Tensor } from "../tensor/tensor.ts";

const sizesRange = either(count, listOf(whole(0)));

/** Joins tensors along an existing axis, the first unless given. */
export function cat(tensors: readonly Tensor[], axis = 0, ...none: []): Tensor {
  expectNothing("cat", none);
  expectTensors("cat", "tensors", tensors);
  const first = tensors[0];
  if (first === undefined) throw new ValueError("cat: expected at least one tensor, got none.");
  const dtype = tensors.reduce((common, t) => promote(common, t.dtype), first.dtype);
  const same = tensors.map((t) => t.to(dtype));
  return apply("concat", same, { axis: normalizeAxis("cat", axis, first.ndim) })[0];
}

/** Joins tensors of one shape along a new axis, the first unless given. */
export function stack(tensors: readonly Tensor[], axis = 0, ...none: []): Tensor {
  expectNothing("stack", none);
  expectTensors("stack", "tensors", tensors);
  const first = tensors[0];
  if (first === undefined) throw new ValueError("stack: expected at least one tensor, got none.");
  const at = normalizeAxis("stack", axis, first.ndim + 1);
  const other = tensors.find(({ shape }) => !sameShape(shape, first.shape));
  if (other !== undefined) {
    throw new ShapeError(
      `stack: expected tensors of one shape, got ${formatShape(first.shape)} and ${formatShape(other.shape)}.`,
    );
  }
  return cat(
    tensors.map((t) => t.unsqueeze(at)),
    at,
  );
}

/** Cuts along an axis into pieces of the given sizes, or of one size with a smaller rest. */
export function split(x: Tensor, sizes: number | readonly number[], axis = 0, ...none: []): Tensor[] {
  expectNothing("split", none);
  expectTensor("split", "x", x);
  expectValue("split", "sizes", sizes, sizesRange);
  const at = normalizeAxis("split", axis, x.ndim);
  const extent = x.shape[at]!;
  const parts =
    typeof sizes === "number"
      ? Array.from({ length: Math.max(Math.ceil(extent / sizes), 1) }, (_, i) => Math.min(sizes, extent - i * sizes))
      : sizes;
  if (parts.reduce((total, n) => total + n, 0) !== extent) {
    throw new ShapeError(`split: expected sizes that add up to ${extent}, got ${formatShape(parts)}.`);
  }
  let start = 0;
  return parts.map((n) => {
    const ranges: SliceRange[] = x.shape.map((_, a) => (a === at ? [start, start + n] : []));
    start += n;
    return x.slice(...ranges);
  });
}

/** Cuts along an axis into that many `pieces` of nearly one size. */
export function chunk(x: Tensor, pieces: number, axis = 0, ...none: []): Tensor[] {
  expectNothing("chunk", none);
  expectTensor("chunk", "x", x);
  expectValue("chunk", "pieces", pieces, count);
  const extent = x.shape[normalizeAxis("chunk", axis, x.ndim)]!;
  return split(x, Math.max(Math.ceil(extent / pieces), 1), axis);
}
