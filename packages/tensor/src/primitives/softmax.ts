import { allocate, isFloat, type TypedArray } from "../dtype.ts";
import { DTypeError } from "../errors.ts";
import { keepDimsShape, sizeOf } from "../shape.ts";
import type { Block, Spec } from "../storage.ts";
import type { Primitive, SoftmaxAttrs } from "./primitive.ts";
import { reductionRuns } from "./reduction-runs.ts";

const inferOf =
  (name: string) =>
  (inputs: readonly Spec[]): readonly Spec[] => {
    const { shape, dtype } = inputs[0]!;
    if (!isFloat(dtype)) throw new DTypeError(`${name}: expected a float tensor, got ${dtype}.`);
    return [{ shape, dtype }];
  };

/** `exp(x) / Σ exp(x)` over `axes`, shifted by the largest element so that nothing overflows. */
export const softmax: Primitive<SoftmaxAttrs> = {
  infer: inferOf("softmax"),
  evaluate: ([x], attrs) => {
    const { data, shape, dtype } = x as Block;
    const out = allocate(dtype, data.length);
    const { totals } = groupTotals(x as Block, attrs, out);
    reductionRuns(shape, attrs.axes, (at, to, n, inward) => {
      const step = inward ? 0 : 1;
      for (const end = at + n; at < end; at++, to += step) out[at] = out[at]! / totals[to]!;
    });
    if (attrs.masked) for (let i = 0; i < out.length; i++) if (data[i] === -Infinity) out[i] = 0;
    return [out];
  },
};

/** `x − log Σ exp(x)` over `axes`. */
export const logSoftmax: Primitive<SoftmaxAttrs> = {
  infer: inferOf("logSoftmax"),
  evaluate: ([x], attrs) => {
    const { data, shape, dtype } = x as Block;
    const out = allocate(dtype, data.length);
    const { peaks, totals } = groupTotals(x as Block, attrs, out);
    const logs = totals.map(Math.log);
    reductionRuns(shape, attrs.axes, (at, to, n, inward) => {
      const step = inward ? 0 : 1;
      for (const end = at + n; at < end; at++, to += step) out[at] = data[at]! - peaks[to]! - logs[to]!;
    });
    return [out];
  },
};

/** The largest element of every group and the sum of `powers`, exp(x − largest), in float64; 0 and 1 where −∞ hides all. */
function groupTotals(
  { data, shape }: Block,
  { axes, masked }: SoftmaxAttrs,
  powers: TypedArray,
): { peaks: Float64Array; totals: Float64Array } {
  const groups = sizeOf(keepDimsShape(shape, axes));
  const peaks = new Float64Array(groups).fill(-Infinity);
  reductionRuns(shape, axes, (at, to, n, inward) => {
    const step = inward ? 0 : 1;
    // NaN is no peak, but reaches the total.
    for (const end = at + n; at < end; at++, to += step) if (data[at]! > peaks[to]!) peaks[to] = data[at]!;
  });
  if (masked) for (let g = 0; g < groups; g++) if (peaks[g] === -Infinity) peaks[g] = 0;
  const totals = new Float64Array(groups);
  reductionRuns(shape, axes, (at, to, n, inward) => {
    const step = inward ? 0 : 1;
    for (const end = at + n; at < end; at++, to += step) {
      const power = Math.exp(data[at]! - peaks[to]!);
      powers[at] = power;
      totals[to] = totals[to]! + power;
    }
  });
  if (masked) for (let g = 0; g < groups; g++) if (totals[g] === 0) totals[g] = 1;
  return { peaks, totals };
}
