import { call, type Expr, f32x4, f64x2, i32x4, mathFunctions, type UnaryMathName, v128 } from "@tapegrad/simd";
import type { DType } from "@tapegrad/tensor";
import type { Operation, OperationName } from "../graph/graph.ts";
import { remainderLanes } from "./lane-remainder.ts";
import {
  castLanes,
  constantVector,
  type Lanes,
  type LaneScope,
  mapParts,
  narrowMask,
  part,
  partCount,
  widenMask,
} from "./lanes.ts";

type Vector = Expr<"v128">;
type Compute = (...parts: Vector[]) => Vector;
/** What an operation is for each dtype of its operands; where none is given, it has a kernel of its own. */
type Row = { readonly [D in DType]?: Compute };

/** The code of an elementwise operation whose result has this dtype. */
export function emitOperation(scope: LaneScope, name: OperationName, inputs: readonly Lanes[], dtype: DType): Lanes {
  const x = inputs[0]!;
  if (name === "copy" || name === "reshape") return x;
  if (name === "cast") return castLanes(scope, x, dtype);
  if (name === "where") return emitWhere(scope, inputs, dtype);
  if (name === "pow") {
    const callee =
      x.dtype === "float32" ? mathFunctions.pow.f32x4(scope.module) : mathFunctions.pow.f64x2(scope.module);
    return mapParts(scope, dtype, inputs, (a, b) => call(callee, { x: a, y: b }));
  }
  if (name === "remainder") {
    return mapParts(scope, dtype, inputs, (a, b) => remainderLanes(scope.module, dtype, a, b));
  }
  if (name === "log1p" && dtype === "float32") {
    // Through float64 it is rounded once, as eager's: normal random numbers then are the same.
    const exact = emitOperation(scope, name, [castLanes(scope, x, "float64")], "float64");
    return castLanes(scope, exact, dtype);
  }
  if (mathNames.has(name)) {
    const math = mathFunctions[name as UnaryMathName];
    if (scope.inlines === true && inlined.has(name)) {
      const inline = x.dtype === "float32" ? math.inline.f32x4 : math.inline.f64x2;
      return mapParts(scope, dtype, [x], (a) => inline(scope.module, scope.f, { x: a }));
    }
    const callee = x.dtype === "float32" ? math.f32x4(scope.module) : math.f64x2(scope.module);
    return mapParts(scope, dtype, [x], (a) => call(callee, { x: a }));
  }
  const compute = rows[name]![x.dtype]!;
  const result = mapParts(scope, x.dtype, inputs, compute);
  if (dtype !== "bool") return { ...result, dtype };
  return x.dtype === "float64" ? narrowMask(scope, result) : { ...result, dtype };
}

/** Whether loops can contain an operation. */
export function isLaneOperation({ name, inputs }: Operation): boolean {
  const { dtype } = inputs.at(-1)!;
  if (always.has(name)) return true;
  if (name === "remainder") return dtype !== "bool";
  if (mathNames.has(name)) return dtype === "float32" || dtype === "float64";
  return rows[name]?.[dtype] !== undefined;
}

const always: ReadonlySet<OperationName> = new Set<OperationName>(["copy", "reshape", "cast", "where"]);
const mathNames: ReadonlySet<OperationName> = new Set<OperationName>(Object.keys(mathFunctions) as OperationName[]);

/** Functions whose code is short enough to stand in the place of a call. */
const inlined: ReadonlySet<OperationName> = new Set<OperationName>(["exp", "expm1", "log", "log1p", "tanh", "sigmoid"]);

function emitWhere(scope: LaneScope, [condition, a, b]: readonly Lanes[], dtype: DType): Lanes {
  const [mask, x, y] = [condition as Lanes, a as Lanes, b as Lanes];
  if (dtype !== "float64") {
    return mapParts(scope, dtype, [x, y, mask], (p, q, m) => v128.bitselect(p, q, m));
  }
  const masks = widenMask(scope, mask);
  const uniform = mask.uniform && x.uniform && y.uniform;
  const count = uniform ? 1 : partCount("float64", scope.width);
  const parts = Array.from({ length: count }, (_, i) =>
    scope.f.let(v128.bitselect(part(x, i), part(y, i), masks[mask.uniform ? 0 : i] as Vector)),
  );
  return { dtype, parts, uniform };
}

const one = (dtype: "float32" | "float64"): Vector => constantVector(dtype, 1);

/** A row that is alike for both float dtypes, and for int32 if given. */
function floats(
  make: (ops: typeof f32x4 | typeof f64x2, dtype: "float32" | "float64") => Compute,
  int32?: Compute,
): Row {
  const row = { float32: make(f32x4, "float32"), float64: make(f64x2, "float64") };
  return int32 === undefined ? row : { ...row, int32 };
}

const identity: Compute = (x) => x;
const bits = (compute: Compute): Row => ({ bool: compute });

/** x where it is above 0 or NaN, else 0. */
const positive =
  (ops: typeof f32x4 | typeof f64x2, dtype: DType): Compute =>
  (x) =>
    v128.andnot(x, ops.le(x, constantVector(dtype, 0)));

/** 1, -1, or x itself, which is then 0 or NaN. */
const signOf =
  (ops: typeof f32x4 | typeof f64x2, dtype: DType): Compute =>
  (x) => {
    const [value, zero] = [x, constantVector(dtype, 0)];
    const above = v128.bitselect(constantVector(dtype, 1), value, ops.gt(value, zero));
    return v128.bitselect(constantVector(dtype, -1), above, ops.lt(value, zero));
  };

const masksAgree: Compute = (a, b) => v128.not(v128.xor(a, b));

const rows: { readonly [P in OperationName]?: Row } = {
  neg: floats((ops) => ops.neg, i32x4.neg),
  abs: floats((ops) => ops.abs, i32x4.abs),
  sign: floats(signOf, (x) => i32x4.minS(i32x4.maxS(x, i32x4.const(-1)), i32x4.const(1))),
  sqrt: floats((ops) => ops.sqrt),
  rsqrt: floats((ops, dtype) => (x) => ops.div(one(dtype), ops.sqrt(x))),
  reciprocal: floats((ops, dtype) => (x) => ops.div(one(dtype), x)),
  square: floats(
    (ops) => (x) => ops.mul(x, x),
    (x) => i32x4.mul(x, x),
  ),
  relu: floats(positive, (x) => i32x4.maxS(x, i32x4.const(0))),
  floor: floats((ops) => ops.floor, identity),
  ceil: floats((ops) => ops.ceil, identity),
  round: floats((ops) => ops.nearest, identity),
  logicalNot: bits(v128.not),
  add: floats((ops) => ops.add, i32x4.add),
  sub: floats((ops) => ops.sub, i32x4.sub),
  mul: floats((ops) => ops.mul, i32x4.mul),
  div: floats((ops) => ops.div),
  maximum: floats((ops) => ops.max, i32x4.maxS),
  minimum: floats((ops) => ops.min, i32x4.minS),
  eq: { ...floats((ops) => ops.eq, i32x4.eq), bool: masksAgree },
  ne: { ...floats((ops) => ops.ne, i32x4.ne), bool: v128.xor },
  lt: floats((ops) => ops.lt, i32x4.ltS),
  le: floats((ops) => ops.le, i32x4.leS),
  gt: floats((ops) => ops.gt, i32x4.gtS),
  ge: floats((ops) => ops.ge, i32x4.geS),
  logicalAnd: bits(v128.and),
  logicalOr: bits(v128.or),
};
