import { isFloat } from "@tapegrad/tensor/internal";
import type { GraphOps } from "./algebra.ts";
import type { Value } from "./graph.ts";

/**
 * x to a constant power by multiplications, divisions and roots, where that gives what the function gives: within one
 * unit in the last place, special values included. Powers of float32 that take several roundings are computed in
 * float64.
 */
export function constantPower(builder: GraphOps, x: Value, power: number): Value | undefined {
  const { dtype } = x;
  if (power === 1) return x;
  if (power === 2) return builder.apply("square", [x], {});
  if (!isFloat(dtype)) return undefined;
  if (power === 0) return builder.apply("broadcastTo", [builder.scalar(1, dtype)], { shape: x.shape });
  if (power === -1) return builder.apply("reciprocal", [x], {});
  if (power === 0.5) return atMinusInfinity(builder, x, Infinity, root(builder, x));
  const exact = dtype === "float64" ? undefined : (inFloat64[power] ?? inQuarters(power));
  if (exact === undefined) return undefined;
  const result = exact(builder, builder.apply("cast", [x], { dtype: "float64" }));
  return builder.apply("cast", [result], { dtype });
}

const inFloat64: { readonly [power: number]: (builder: GraphOps, x: Value) => Value } = {
  3: (builder, x) => builder.apply("mul", [builder.apply("square", [x], {}), x], {}),
  4: (builder, x) => builder.apply("square", [builder.apply("square", [x], {})], {}),
  [-2]: (builder, x) => builder.apply("reciprocal", [builder.apply("square", [x], {})], {}),
};

/** Longer products would round, and overflow, where the power does not. */
const mostQuarters = 16;

/** Powers of quarters by roots of roots. */
function inQuarters(power: number): ((builder: GraphOps, x: Value) => Value) | undefined {
  const quarters = Math.abs(power * 4);
  if (!Number.isInteger(quarters) || quarters % 4 === 0 || quarters > mostQuarters) return undefined;
  return (builder, x) => {
    const half = root(builder, x);
    const factors: Value[] = Array.from({ length: Math.floor(quarters / 4) }, () => x);
    if (quarters % 4 >= 2) factors.push(half);
    if (quarters % 2 === 1) factors.push(builder.apply("sqrt", [half], {}));
    const product = factors.reduce((all, factor) => builder.apply("mul", [all, factor], {}));
    // 0, not -0, as a power that is no whole number.
    const positive = builder.apply("add", [product, builder.scalar(0, x.dtype)], {});
    return power < 0
      ? atMinusInfinity(builder, x, 0, builder.apply("reciprocal", [positive], {}))
      : atMinusInfinity(builder, x, Infinity, positive);
  };
}

/** √x, and 0 of -0. */
function root(builder: GraphOps, x: Value): Value {
  return builder.apply("add", [builder.apply("sqrt", [x], {}), builder.scalar(0, x.dtype)], {});
}

/** Powers of -∞ that are no whole numbers are defined, its roots are not. */
function atMinusInfinity(builder: GraphOps, x: Value, value: number, otherwise: Value): Value {
  const isThere = builder.apply("eq", [x, builder.scalar(-Infinity, x.dtype)], {});
  return builder.apply("where", [isThere, builder.scalar(value, x.dtype), otherwise], {});
}
