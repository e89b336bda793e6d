import { type Tensor, tensor } from "@tapegrad/tensor";

/** `origin + Σ i[k]·steps[k]` for every index of `shape`, in row-major order; int32. */
export function lattice(shape: readonly number[], steps: readonly number[], origin: number = 0): Tensor {
  const at = shape.reduce<number[]>(
    (found, n, k) => found.flatMap((from) => Array.from({ length: n }, (_, i) => from + i * steps[k]!)),
    [origin],
  );
  return tensor(at, { dtype: "int32" });
}
