import { type AttrsOf, type DType, isFloat, keepDimsShape, type PrimitiveName, sizeOf } from "@tapegrad/tensor";
import type { GraphBuilder } from "./builder.ts";
import { constantScalar } from "./constants.ts";
import { attrsOf, operationOf, type Value } from "./graph.ts";

type Decomposition<P extends PrimitiveName> = (
  builder: GraphBuilder,
  inputs: readonly Value[],
  attrs: AttrsOf<P>,
) => readonly Value[] | undefined;

/** Adds a primitive to the graph, in terms of what kernels are made of. */
export function applyPrimitive<P extends Exclude<PrimitiveName, "assign">>(
  builder: GraphBuilder,
  name: P,
  inputs: readonly Value[],
  attrs: AttrsOf<P>,
): readonly Value[] {
  const decomposition: Decomposition<P> | undefined = decompositions[name];
  return (
    decomposition?.(builder, inputs, attrs) ?? builder.applyAll<Exclude<PrimitiveName, "assign">>(name, inputs, attrs)
  );
}

/** Sums are accumulated in float64, as the eager kernels do; those of int32 that leave int32 stop at its end. */
const wide =
  <P extends "sum" | "prod">(name: P): Decomposition<P> =>
  (builder, [x], attrs) => {
    const value = x as Value;
    if (value.dtype === "float64" || value.dtype === "bool") return undefined;
    const total = builder.apply(name, [to(builder, value, "float64")], attrs);
    return [to(builder, total, value.dtype)];
  };

/** One-hot selection replaces indexing along axes of up to this extent. */
const oneHotLimit = 256;

const decompositions: { readonly [P in PrimitiveName]?: Decomposition<P> } = {
  sum: (builder, inputs, { axes }) => {
    const product = operationOf(inputs[0] as Value);
    const rank = inputs[0]?.shape.length ?? 0;
    const isStack = product?.name === "matmul" && axes.every((axis) => axis < rank - 2);
    if (!isStack || !isFloat((inputs[0] as Value).dtype)) return wide("sum")(builder, inputs, { axes });
    return [builder.apply("matmulSum", product.inputs, { ...attrsOf(product, "matmul"), axes })];
  },
  prod: wide("prod"),
  standardize: (builder, [x], attrs) => {
    const value = x as Value;
    const { centred, rstd } = statistics(builder, value, attrs);
    const scaled = scale(builder, centred, rstd, attrs.eps);
    return [to(builder, scaled, value.dtype), to(builder, rstd, value.dtype)];
  },
  // dx = rstd (g − ⟨g⟩ − d ⟨g d⟩ rstd²), all in float64: in short groups the terms cancel.
  standardizeGrad: (builder, [g, x], attrs) => {
    const value = x as Value;
    const { centred, rstd } = statistics(builder, value, attrs);
    const ct = to(builder, g as Value, "float64");
    const share = mean(builder, builder.apply("mul", [ct, centred], {}), attrs.axes);
    const along = builder.apply("mul", [share, builder.apply("square", [rstd], {})], {});
    const level = attrs.center ? builder.apply("sub", [ct, mean(builder, ct, attrs.axes)], {}) : ct;
    const rest = builder.apply("sub", [level, builder.apply("mul", [centred, along], {})], {});
    return [to(builder, builder.apply("mul", [rest, rstd], {}), value.dtype)];
  },
  iota: (builder, _, { shape, axis, dtype }) => {
    if (shape.length <= 1) return undefined;
    const extent = shape[axis] as number;
    const line = builder.apply("iota", [], { shape: [extent], axis: 0, dtype });
    const aligned = builder.apply("reshape", [line], { shape: shape.map((_n, a) => (a === axis ? extent : 1)) });
    return [builder.apply("broadcastTo", [aligned], { shape })];
  },
  gather: (builder, [x, index], { axis }) => {
    const mask = oneHot(builder, "gather", x as Value, index as Value, axis);
    if (mask === undefined) return undefined;
    const zero = builder.scalar(0, (x as Value).dtype);
    const picked = builder.apply("where", [mask, x as Value, zero], {});
    // One term at most is not zero: nothing is lost in float32.
    return isFloat(picked.dtype)
      ? [builder.apply("sum", [picked], { axes: [axis] })]
      : applyPrimitive(builder, "sum", [picked], { axes: [axis] });
  },
  scatterAdd: (builder, [x, index, source], { axis }) => {
    const mask = oneHot(builder, "scatterAdd", x as Value, index as Value, axis);
    if (mask === undefined) return undefined;
    const base = x as Value;
    const isZero = Object.is(constantScalar(base), 0);
    const added = isZero ? (source as Value) : builder.apply("add", [base, source as Value], {});
    const otherwise = isZero ? builder.scalar(0, base.dtype) : base;
    return [builder.apply("where", [mask, added, otherwise], {})];
  },
};

function to(builder: GraphBuilder, value: Value, dtype: DType): Value {
  return builder.apply("cast", [value], { dtype });
}

function mean(builder: GraphBuilder, value: Value, axes: readonly number[]): Value {
  const total = builder.apply("sum", [value], { axes });
  const count = sizeOf(value.shape) / sizeOf(total.shape);
  return builder.apply("div", [total, builder.scalar(count, "float64")], {});
}

/** x − μ and (⟨(x − μ)²⟩ + ε)^(-½) in float64: two passes, with the rounding of the mean corrected. */
function statistics(
  builder: GraphBuilder,
  x: Value,
  { axes, eps, center }: AttrsOf<"standardize">,
): { centred: Value; rstd: Value } {
  const exact = to(builder, x, "float64");
  let centred = exact;
  if (center) {
    const rough = mean(builder, exact, axes);
    centred = builder.apply("sub", [exact, rough], {});
    if (x.dtype === "float64") {
      centred = builder.apply("sub", [exact, builder.apply("add", [rough, mean(builder, centred, axes)], {})], {});
    }
  }
  const variance = mean(builder, builder.apply("square", [centred], {}), axes);
  const rstd = builder.apply("rsqrt", [builder.apply("add", [variance, builder.scalar(eps, "float64")], {})], {});
  return { centred, rstd };
}

/** d·r; with ε = 0, 0 where nothing varies and r is infinite. */
function scale(builder: GraphBuilder, centred: Value, rstd: Value, eps: number): Value {
  const scaled = builder.apply("mul", [centred, rstd], {});
  if (eps > 0) return scaled;
  const zero = builder.scalar(0, "float64");
  return builder.apply("where", [builder.apply("eq", [centred, zero], {}), zero, scaled], {});
}

/** Where the index points to, if it has one entry per line of a short axis; such lines cannot collide. */
function oneHot(builder: GraphBuilder, fn: string, x: Value, index: Value, axis: number): Value | undefined {
  const extent = x.shape[axis] as number;
  const single = keepDimsShape(x.shape, [axis]).every((n, a) => n === index.shape[a]);
  if (!single || extent > oneHotLimit || extent === 0 || !(isFloat(x.dtype) || x.dtype === "int32")) return undefined;
  builder.check(index, extent, fn, axis);
  const line = builder.apply("iota", [], { shape: [extent], axis: 0, dtype: "int32" });
  const shape = x.shape.map((_n, a) => (a === axis ? extent : 1));
  return builder.apply("eq", [builder.apply("reshape", [line], { shape }), index], {});
}
