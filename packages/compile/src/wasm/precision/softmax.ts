import { type AttrsOf, sizeOf } from "@tapegrad/tensor/internal";
import type { GraphOps } from "../../graph/algebra.ts";
import type { Value } from "../../graph/graph.ts";
import { fewTerms, wideTotal } from "./wide-sum.ts";

type Attrs = AttrsOf<"softmax">;

/** `exp(x − peak) / Σ exp(x − peak)` as operations: with a mask 0 where x is −∞. */
export function softmaxed(builder: GraphOps, x: Value, attrs: Attrs): Value {
  // Nothing has no largest element.
  if (sizeOf(x.shape) === 0) return x;
  const { powers, total } = sumOfPowers(builder, x, attrs);
  const shares = builder.apply("div", [powers, total], {});
  if (!attrs.masked) return shares;
  const isHidden = builder.apply("eq", [x, builder.scalar(-Infinity, x.dtype)], {});
  return builder.apply("where", [isHidden, builder.scalar(0, x.dtype), shares], {});
}

/** `(x − peak) − log Σ exp(x − peak)` as operations. */
export function logSoftmaxed(builder: GraphOps, x: Value, attrs: Attrs): Value {
  if (sizeOf(x.shape) === 0) return x;
  const { shifted, total } = sumOfPowers(builder, x, attrs);
  return builder.apply("sub", [shifted, builder.apply("log", [total], {})], {});
}

/** x less its largest element along the axes, the powers of that, and their sum: with a mask 1 where nothing is visible. */
function sumOfPowers(
  builder: GraphOps,
  x: Value,
  { axes, masked }: Attrs,
): { readonly shifted: Value; readonly powers: Value; readonly total: Value } {
  const instead = (value: Value, of: number, by: number): Value => {
    if (!masked) return value;
    const scalar = (number: number): Value => builder.scalar(number, x.dtype);
    return builder.apply("where", [builder.apply("eq", [value, scalar(of)], {}), scalar(by), value], {});
  };
  const peak = instead(builder.apply("max", [x], { axes }), -Infinity, 0);
  const shifted = builder.apply("sub", [x, peak], {});
  const powers = builder.apply("exp", [shifted], {});
  const sum = wideTotal(builder, "sum", powers, axes, fewTerms) ?? builder.apply("sum", [powers], { axes });
  return { shifted, powers, total: instead(sum, 0, 1) };
}
