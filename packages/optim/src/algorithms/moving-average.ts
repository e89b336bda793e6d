import { assign, type DType, type Tensor } from "@tapegrad/tensor";
import { scalar } from "../optimizer/scalar.ts";

/** What of an average stays, and what of a new value enters. */
export interface AverageWeights {
  readonly keep: Tensor | number;
  readonly rest: Tensor | number;
}

/** The weights of an average whose decay is a float64 tensor: rounded to a dtype, once their difference is taken. */
export function weightsFor(keep: Tensor, dtype: DType): { readonly keep: Tensor; readonly rest: Tensor } {
  return { keep: keep.to(dtype), rest: scalar(1).sub(keep).to(dtype) };
}

/** Moves a running average on, `a ← keep·a + rest·x`, and returns its new value. */
export function movingAverage(average: Tensor, value: Tensor, { keep, rest }: AverageWeights): Tensor {
  const next = average.mul(keep).add(value.mul(rest));
  assign(average, next);
  return next;
}
