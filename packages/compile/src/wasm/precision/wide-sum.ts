import type { GraphOps } from "../../graph/algebra.ts";
import type { Value } from "../../graph/graph.ts";
import { elements, isRounded } from "../elements.ts";

/** So few float32 terms are summed in float32; more would cost digits, and sums of millions most of them. */
export const fewTerms = 512;

/**
 * A sum or product of float32 that accumulates in float64, as the eager kernels do; undefined of at most `fewest` terms
 * and of what is not rounded anyway.
 */
export function wideTotal(
  builder: GraphOps,
  name: "sum" | "prod",
  x: Value,
  axes: readonly number[],
  fewest: number,
): Value | undefined {
  if (!isRounded(x.dtype)) return undefined;
  const terms = axes.reduce((count, axis) => count * x.shape[axis]!, 1);
  if (terms <= fewest) return undefined;
  const wide = builder.apply("cast", [x], { dtype: elements[x.dtype].sums!.total });
  return builder.apply("cast", [builder.apply(name, [wide], { axes })], { dtype: x.dtype });
}
