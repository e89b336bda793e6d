import { fromData } from "@tapegrad/tensor/internal";
import type { Tensor } from "@tapegrad/tensor";
import { asList } from "./as-list.ts";
import type { CheckedFunction } from "./gradcheck.ts";
import { noGrad } from "./grad-modes.ts";
import { keepingState } from "./state-replay.ts";

/** A numeric derivative and how much of it may be rounding. */
export interface NumericEntry {
  readonly value: number;
  readonly noise: number;
}

/**
 * The derivative of Σ f · cotangents by single elements of `inputs[at]`, as a function of the element's
 * position and of how many times smaller than usual the step is to be.
 */
export function numericGradient(
  fn: string,
  f: CheckedFunction,
  inputs: readonly Tensor[],
  at: number,
  cotangents: readonly Tensor[],
  eps: number,
): (position: number, shrink: number) => NumericEntry {
  const point = inputs[at]!;
  const usual = eps * spread(point.data);
  return (position, shrink) => {
    // A power of two, so that x + h is exact and the distances are what they are taken for.
    const h = 2 ** Math.round(Math.log2(usual / shrink));
    const evaluate = (steps: number): readonly Tensor[] => {
      const data = Float64Array.from(point.data);
      data[position] = data[position]! + steps * h;
      const moved = fromData(data, point.shape, "float64");
      const there = inputs.map((input, i) => (i === at ? moved : input));
      return keepingState(() => noGrad(() => asList(fn, f(...there))));
    };
    const [near, nearBack, far, farBack] = [evaluate(1), evaluate(-1), evaluate(2), evaluate(-2)] as const;
    let [sum, magnitude, moved] = [0, 0, 0];
    cotangents.forEach((cotangent, k) => {
      const weights = cotangent.data;
      const [a, b, c, d] = [dataOf(near, k), dataOf(nearBack, k), dataOf(far, k), dataOf(farBack, k)];
      for (let j = 0; j < weights.length; j++) {
        // Differences are taken element by element: what does not move cancels exactly.
        const difference = 8 * (a[j]! - b[j]!) - (c[j]! - d[j]!);
        const weight = weights[j]!;
        sum += weight * difference;
        magnitude += Math.abs(weight * a[j]!);
        if (difference !== 0) moved += Math.abs(weight * a[j]!);
      }
    });
    return { value: sum / (12 * h), noise: 4 * Number.EPSILON * (magnitude + moved / h) };
  };
}

function dataOf(values: readonly Tensor[], k: number): ArrayLike<number> {
  return values[k]!.data;
}

/** Standard deviation of the elements; for equal ones their size, at most 1; 1 for zeros. */
function spread(data: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i]!;
  const mean = sum / data.length;
  let squares = 0;
  for (let i = 0; i < data.length; i++) squares += (data[i]! - mean) ** 2;
  const deviation = Math.sqrt(squares / data.length);
  if (deviation > 1e-6 * Math.abs(mean) && Number.isFinite(deviation)) return Math.min(1, deviation);
  return mean === 0 || !Number.isFinite(mean) ? 1 : Math.min(1, Math.abs(mean));
}
