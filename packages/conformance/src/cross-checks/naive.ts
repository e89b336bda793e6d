import type { Shape, Tensor } from "@tapegrad/tensor";
import type { GoldenTensor } from "../golden/format.ts";

/** Every index of a shape, in row-major order. */
export function* indices(shape: Shape): Generator<readonly number[]> {
  const size = shape.reduce((product, extent) => product * extent, 1);
  for (let flat = 0; flat < size; flat++) {
    let rest = flat;
    yield shape
      .toReversed()
      .map((extent) => {
        const position = rest % extent;
        rest = (rest - position) / extent;
        return position;
      })
      .reverse();
  }
}

/** The element at an index. */
export function at(x: Tensor, index: readonly number[]): number {
  return x.data[x.shape.reduce((flat, extent, axis) => flat * extent + index[axis]!, 0)]!;
}

/** What a tensor should be, element by element. */
export function expected(
  shape: Shape,
  value: (index: readonly number[]) => number,
  dtype: GoldenTensor["dtype"] = "float64",
): GoldenTensor {
  return { shape, dtype, data: Array.from(indices(shape), value) };
}

/** A tensor as the expected result of another computation. */
export function asExpected(x: Tensor): GoldenTensor {
  return { shape: x.shape, dtype: x.dtype === "int32" ? "int64" : x.dtype, data: Array.from(x.data) };
}

/** ⟨a, b⟩ = Σ aᵢ·bᵢ */
export function inner(a: Tensor, b: Tensor): number {
  let sum = 0;
  for (let i = 0; i < a.size; i++) sum += a.data[i]! * b.data[i]!;
  return sum;
}
