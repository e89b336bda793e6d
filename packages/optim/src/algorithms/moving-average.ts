import { assign, type Tensor } from "@tapegrad/tensor";

/** What of an average stays, and what of a new value enters. */
export interface AverageWeights {
  readonly keep: Tensor | number;
  readonly rest: Tensor | number;
}

/** Moves a running average on, `a ← keep·a + rest·x`, and returns its new value. */
export function movingAverage(average: Tensor, value: Tensor, { keep, rest }: AverageWeights): Tensor {
  const next = average.mul(keep).add(value.mul(rest));
  assign(average, next);
  return next;
}
