import { full, type Tensor } from "@tapegrad/tensor";

/** A number as a float64 tensor of no axes. */
export function scalar(value: number): Tensor {
  return full([], value, { dtype: "float64" });
}
