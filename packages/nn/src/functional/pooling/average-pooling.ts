import { type Tensor, tensor } from "@tapegrad/tensor";
import { checkOptions, asFloat } from "@tapegrad/tensor/internal";
import { patches } from "../convolution/patches.ts";
import { type PerAxis, withBatch } from "../convolution/per-axis.ts";
import { expectNumber } from "../expect-number.ts";
import { planPooling, type PoolingOptions, type PoolingPlan } from "./pooling-plan.ts";

/** Options of average pooling. */
export interface AveragePoolOptions extends PoolingOptions {
  /** Whether zeros of the padding count as elements, true unless given. */
  readonly countIncludePad?: boolean;
  /** Divides sums by this number instead of by the number of elements. */
  readonly divisor?: number | undefined;
}

/** Average pooling over `rank` spatial axes. */
export function averagePooling(rank: number, x: Tensor, size: PerAxis, options: AveragePoolOptions): Tensor {
  const fn = `avgPool${rank}d`;
  checkOptions(fn, options, ["stride", "padding", "ceilMode", "countIncludePad", "divisor"]);
  const { countIncludePad = true, divisor } = options;
  if (divisor !== undefined) expectNumber(fn, "divisor", divisor, "to be a finite number other than 0", (n) => n !== 0);
  return withBatch(fn, asFloat(x), rank, (batch) => {
    const extents = batch.shape.slice(2);
    const plan = planPooling(fn, extents, size, options);
    const { margins } = plan;
    const padded = margins.every(([low, high]) => low + high === 0) ? batch : batch.pad([[0, 0], [0, 0], ...margins]);
    const axis = extents.map((_, k) => 2 + k);
    const sums = patches(fn, padded, plan).sum({ axis }); // [N, C, ...positions]
    if (divisor !== undefined) return sums.div(divisor);
    return sums.div(countsOf(plan, extents, countIncludePad));
  });
}

/** Number of elements of each window: one for all, or `[...positions]`. */
function countsOf(plan: PoolingPlan, extents: readonly number[], includePad: boolean): Tensor | number {
  const along = extents.map((extent, k) => {
    const [n, pad] = [plan.size[k]!, plan.padding[k]!];
    const [first, last] = includePad ? [-pad, extent + pad] : [0, extent];
    return Array.from({ length: plan.positions[k]! }, (_, p) => {
      const start = p * plan.stride[k]! - pad;
      return Math.min(start + n, last) - Math.max(start, first);
    });
  });
  const counts = along.reduce((products, line) => products.flatMap((product) => line.map((n) => product * n)), [1]);
  const [one] = counts;
  if (one !== undefined && counts.every((count) => count === one)) return one;
  return tensor(counts, { shape: plan.positions, dtype: "int32" });
}
