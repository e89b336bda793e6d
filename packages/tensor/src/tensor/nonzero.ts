import { expectNothing } from "../options/expect-nothing.ts";
import { expectNoTrace } from "./expect-no-trace.ts";
import { expectTensor } from "./expect-tensor.ts";
import type { Tensor } from "./tensor.ts";

/**
 * Where the elements that are not 0 stand, in row-major order: int32 `[n, x.ndim]`. NaN is not 0.
 *
 * How many there are is known only when the elements are, so this runs eagerly and nowhere else.
 *
 * @throws {CompileError} inside a compiled function, where `where(condition, a, b)` chooses between values instead
 * @example
 * nonzero(tensor([[0, 2], [3, 0]])).toArray(); // => [[0, 1], [1, 0]]
 */
export function nonzero(x: Tensor, ...none: []): Tensor {
  expectNothing("nonzero", none);
  expectTensor("nonzero", "x", x);
  return positionsOf("nonzero", x);
}

/** {@link nonzero} under the name that was called. */
export function positionsOf(fn: string, x: Tensor): Tensor {
  expectNoTrace(fn, "How many elements are not 0 differs from call to call: choose between values with where(...).");
  const { data, shape, ndim } = x;
  const found: number[] = [];
  for (let i = 0; i < data.length; i++) if (data[i] !== 0) found.push(i);
  const positions = new Int32Array(found.length * ndim);
  found.forEach((flat, row) => {
    let rest = flat;
    for (let axis = ndim - 1; axis >= 0; axis--) {
      positions[row * ndim + axis] = rest % shape[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
  });
  return x["fresh"](positions, [found.length, ndim], "int32");
}
