import { allocate, isFloat, type TypedArray } from "../dtype.ts";
import { DTypeError, ValueError } from "../errors.ts";
import { keepDimsShape, sizeOf } from "../shape.ts";
import type { Block } from "../storage.ts";
import type { Primitive, StandardizeAttrs } from "./primitive.ts";
import { reductionRuns } from "./reduction-runs.ts";

/**
 * The primitive under every activation norm: `xhat = (x − μ)·rstd` with `rstd = (⟨(x − μ)²⟩ + eps)^−½`
 * over `axes`; without `center`, μ is 0. Statistics are float64 in two passes with a correction of the mean's own
 * rounding, so that neither an offset nor a large scale of the input costs digits.
 */
export const standardize: Primitive<StandardizeAttrs> = {
  infer: (inputs, { axes, eps }) => {
    const { shape, dtype } = inputs[0]!;
    if (!isFloat(dtype)) throw new DTypeError(`standardize: expected a float tensor, got ${dtype}.`);
    if (!(eps >= 0)) throw new ValueError(`standardize: expected eps of at least 0, got ${eps}.`);
    return [
      { shape, dtype },
      { shape: keepDimsShape(shape, axes), dtype },
    ];
  },
  evaluate: (inputs, { axes, eps, center }, outputs) => {
    const { data, shape, dtype } = inputs[0]!;
    const groups = sizeOf(outputs[1]!.shape);
    const { mean, rstd: moment } = groupStatistics(inputs[0]!, groups, { axes, eps, center });
    const rstd = allocate(dtype, groups);
    rstd.set(moment);
    const xhat = allocate(dtype, data.length);
    reductionRuns(shape, axes, (at, to, n, inward) => scaleRun(xhat, mean, moment, to, data, at, n, inward));
    return [xhat, rstd];
  },
};

/** Mean and reciprocal root of the second moment of every group, in float64. */
export function groupStatistics(
  { data, shape }: Block,
  groups: number,
  { axes, eps, center }: StandardizeAttrs,
): { mean: Float64Array; rstd: Float64Array } {
  const count = data.length / groups;
  const mean = new Float64Array(groups);
  const rstd = new Float64Array(groups);
  if (center) {
    reductionRuns(shape, axes, (at, to, n, inward) => addRun(mean, to, data, at, n, inward));
    for (let g = 0; g < groups; g++) mean[g] = mean[g]! / count;
  }
  const rest = new Float64Array(center ? groups : 0);
  reductionRuns(shape, axes, (at, to, n, inward) => addSquares(rstd, rest, mean, to, data, at, n, inward));
  for (let g = 0; g < groups; g++) {
    let variance = rstd[g]! / count;
    if (center) {
      const correction = rest[g]! / count;
      mean[g] = mean[g]! + correction;
      variance = Math.max(variance - correction * correction, 0);
    }
    rstd[g] = 1 / Math.sqrt(variance + eps);
  }
  return { mean, rstd };
}

function addRun(total: Float64Array, to: number, x: TypedArray, at: number, n: number, inward: boolean): void {
  if (inward) {
    let sum = total[to]!;
    for (const end = at + n; at < end; at++) sum += x[at]!;
    total[to] = sum;
  } else {
    for (const end = at + n; at < end; at++, to++) total[to] = total[to]! + x[at]!;
  }
}

/** Adds (x − mean)² to `moment` and, where there is one, x − mean to `rest`. */
function addSquares(
  moment: Float64Array,
  rest: Float64Array,
  mean: Float64Array,
  to: number,
  x: TypedArray,
  at: number,
  n: number,
  inward: boolean,
): void {
  const centred = rest.length > 0;
  if (inward) {
    const mu = mean[to]!;
    let [squares, sum] = [0, 0];
    for (const end = at + n; at < end; at++) {
      const d = x[at]! - mu;
      squares += d * d;
      sum += d;
    }
    moment[to] = moment[to]! + squares;
    if (centred) rest[to] = rest[to]! + sum;
  } else {
    for (const end = at + n; at < end; at++, to++) {
      const d = x[at]! - mean[to]!;
      moment[to] = moment[to]! + d * d;
      if (centred) rest[to] = rest[to]! + d;
    }
  }
}

function scaleRun(
  out: TypedArray,
  mean: Float64Array,
  rstd: Float64Array,
  to: number,
  x: TypedArray,
  at: number,
  n: number,
  inward: boolean,
): void {
  if (inward) {
    const [mu, r] = [mean[to]!, rstd[to]!];
    for (const end = at + n; at < end; at++) out[at] = centredTimes(x[at]! - mu, r);
  } else {
    for (const end = at + n; at < end; at++, to++) {
      out[at] = centredTimes(x[at]! - mean[to]!, rstd[to]!);
    }
  }
}

/** d·r, and 0 where nothing varies even if eps is 0 and r is infinite. */
function centredTimes(d: number, r: number): number {
  return d === 0 ? 0 : d * r;
}
