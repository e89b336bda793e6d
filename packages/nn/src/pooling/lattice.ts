import { type Tensor, tensor } from "@tapegrad/tensor";

/** `Σ i[k]·steps[k]` for every index of `shape`, in row-major order; int32. */
export function lattice(shape: readonly number[], steps: readonly number[]): Tensor {
  const at = shape.reduce<number[]>(
    (found, n, k) => found.flatMap((from) => Array.from({ length: n }, (_, i) => from + i * steps[k]!)),
    [0],
  );
  return tensor(at, { dtype: "int32" });
}
