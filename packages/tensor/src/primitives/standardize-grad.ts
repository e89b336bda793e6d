import { allocate, isFloat, type TypedArray } from "../dtype.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import { formatShape, keepDimsShape, sameShape, sizeOf } from "../shape.ts";
import type { Block, Spec } from "../storage.ts";
import type { Primitive, StandardizeAttrs } from "./primitive.ts";
import { reductionRuns } from "./reduction-runs.ts";
import { groupStatistics } from "./standardize.ts";

/**
 * `standardizeGrad(g, x)`: the cotangent g of `xhat` carried back to the input of `standardize`,
 * `dx = rstd·(g − ⟨g⟩ − xhat·⟨g·xhat⟩)`, without ⟨g⟩ where the mean is not subtracted.
 *
 * The statistics are computed again in float64: from a rounded `xhat`, short groups, whose terms cancel,
 * would keep few digits.
 */
export const standardizeGrad: Primitive<StandardizeAttrs> = {
  infer: (inputs) => {
    const [g, x] = inputs as readonly [Spec, Spec];
    if (!isFloat(x.dtype) || g.dtype !== x.dtype) {
      throw new DTypeError(`standardizeGrad: expected two tensors of one float dtype, got ${g.dtype} and ${x.dtype}.`);
    }
    if (!sameShape(g.shape, x.shape)) {
      throw new ShapeError(
        `standardizeGrad: expected equal shapes, got ${formatShape(g.shape)} and ${formatShape(x.shape)}.`,
      );
    }
    return [{ shape: x.shape, dtype: x.dtype }];
  },
  evaluate: (inputs, attrs) => {
    const [g, x] = inputs as readonly [Block, Block];
    const { axes, center } = attrs;
    const groups = sizeOf(keepDimsShape(x.shape, axes));
    const { mean, rstd } = groupStatistics(x, groups, attrs);
    const count = x.data.length / groups;
    const average = new Float64Array(groups);
    const along = new Float64Array(groups);
    reductionRuns(x.shape, axes, (at, to, n, inward) =>
      addRun(average, along, mean, to, g.data, x.data, at, n, inward),
    );
    for (let i = 0; i < groups; i++) {
      average[i] = center ? average[i]! / count : 0;
      along[i] = (along[i]! / count) * rstd[i]! ** 2;
    }
    const dx = allocate(x.dtype, x.data.length);
    reductionRuns(x.shape, axes, (at, to, n, inward) => {
      const step = inward ? 0 : 1;
      for (const end = at + n; at < end; at++, to += step) {
        const centred = x.data[at]! - mean[to]!;
        const rest = g.data[at]! - average[to]! - centred * along[to]!;
        dx[at] = rest * rstd[to]!;
      }
    });
    return [dx];
  },
};

/** Adds g to `average` and g·(x − mean) to `along`. */
function addRun(
  average: Float64Array,
  along: Float64Array,
  mean: Float64Array,
  to: number,
  g: TypedArray,
  x: TypedArray,
  at: number,
  n: number,
  inward: boolean,
): void {
  if (inward) {
    const mu = mean[to]!;
    let [sum, product] = [0, 0];
    for (const end = at + n; at < end; at++) {
      sum += g[at]!;
      product += g[at]! * (x[at]! - mu);
    }
    average[to] = average[to]! + sum;
    along[to] = along[to]! + product;
  } else {
    for (const end = at + n; at < end; at++, to++) {
      average[to] = average[to]! + g[at]!;
      along[to] = along[to]! + g[at]! * (x[at]! - mean[to]!);
    }
  }
}
