import { call, type Expr, f32x4, f64x2, i32x4, mathFunctions, type UnaryMathName, v128 } from "@tapegrad/simd";
import { type DType } from "@tapegrad/tensor";
import { isFloat } from "@tapegrad/tensor/internal";
import type { Operation } from "../../graph/graph.ts";
import type { OperationName } from "../../operations/operation.ts";
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

/** How lanes compute an operation. */
interface LaneCode {
  /** Whether there is code for operands of a dtype. */
  readonly accepts: (dtype: DType) => boolean;
  readonly emit: (scope: LaneScope, inputs: readonly Lanes[], dtype: DType) => Lanes;
}

/** The code of an elementwise operation whose result has this dtype. */
export function emitOperation(scope: LaneScope, name: OperationName, inputs: readonly Lanes[], dtype: DType): Lanes {
  return laneCode[name]!.emit(scope, inputs, dtype);
}

/** Whether loops can contain an operation. */
export function isLaneOperation({ name, inputs }: Operation): boolean {
  return laneCode[name]?.accepts(inputs.at(-1)!.dtype) === true;
}

const always = (emit: LaneCode["emit"]): LaneCode => ({ accepts: () => true, emit });
const same: LaneCode = always((_, inputs) => inputs[0]!);

/** A vector instruction or a few, for the dtypes that are given. */
function vectors(computes: { readonly [D in DType]?: Compute }): LaneCode {
  return {
    accepts: (dtype) => computes[dtype] !== undefined,
    emit: (scope, inputs, dtype) => {
      const own = inputs[0]!.dtype;
      const result = mapParts(scope, own, inputs, computes[own]!);
      if (dtype !== "bool") return { ...result, dtype };
      return own === "float64" ? narrowMask(scope, result) : { ...result, dtype };
    },
  };
}

/** An elementary function: called, or in the place of the call where its code is short and loops run often. */
function math(name: UnaryMathName, isShort = false): LaneCode {
  return {
    accepts: isFloat,
    emit: (scope, [x], dtype) => {
      const { inline, f32x4, f64x2 } = mathFunctions[name];
      const own = x!.dtype === "float32" ? "f32x4" : "f64x2";
      if (isShort && scope.inlines === true) {
        return mapParts(scope, dtype, [x!], (a) => inline[own](scope.module, scope.f, { x: a }));
      }
      const callee = (own === "f32x4" ? f32x4 : f64x2)(scope.module);
      return mapParts(scope, dtype, [x!], (a) => call(callee, { x: a }));
    },
  };
}

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

/** Code that is alike for both float dtypes, and what is given for others. */
function floats(
  make: (ops: typeof f32x4 | typeof f64x2, dtype: "float32" | "float64") => Compute,
  others: { readonly int32?: Compute; readonly bool?: Compute } = {},
): LaneCode {
  return vectors({ float32: make(f32x4, "float32"), float64: make(f64x2, "float64"), ...others });
}

const identity: Compute = (x) => x;
const bits = (compute: Compute): LaneCode => vectors({ bool: compute });

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

const log1p = math("log1p", true);

/** Partial: operations without code here have a kernel of their own, or run as their reference. */
const laneCode: { readonly [P in OperationName]?: LaneCode } = {
  copy: same,
  reshape: same,
  cast: always((scope, [x], dtype) => castLanes(scope, x!, dtype)),
  where: always(emitWhere),
  exp: math("exp", true),
  expm1: math("expm1", true),
  log: math("log", true),
  log1p: {
    accepts: isFloat,
    emit: (scope, [x], dtype) => {
      if (dtype === "float64") return log1p.emit(scope, [x!], dtype);
      // Through float64 it is rounded once, as eager's: normal random numbers then are the same.
      return castLanes(scope, log1p.emit(scope, [castLanes(scope, x!, "float64")], "float64"), dtype);
    },
  },
  tanh: math("tanh", true),
  sigmoid: math("sigmoid", true),
  erf: math("erf"),
  erfc: math("erfc"),
  sin: math("sin"),
  cos: math("cos"),
  pow: {
    accepts: isFloat,
    emit: (scope, inputs, dtype) => {
      const { f32x4, f64x2 } = mathFunctions.pow;
      const callee = (dtype === "float32" ? f32x4 : f64x2)(scope.module);
      return mapParts(scope, dtype, inputs, (a, b) => call(callee, { x: a, y: b }));
    },
  },
  remainder: {
    accepts: (dtype) => dtype !== "bool",
    emit: (scope, inputs, dtype) => mapParts(scope, dtype, inputs, (a, b) => remainderLanes(scope.module, dtype, a, b)),
  },
  neg: floats((ops) => ops.neg, { int32: i32x4.neg }),
  abs: floats((ops) => ops.abs, { int32: i32x4.abs }),
  sign: floats(signOf, { int32: (x) => i32x4.minS(i32x4.maxS(x, i32x4.const(-1)), i32x4.const(1)) }),
  sqrt: floats((ops) => ops.sqrt),
  rsqrt: floats((ops, dtype) => (x) => ops.div(one(dtype), ops.sqrt(x))),
  reciprocal: floats((ops, dtype) => (x) => ops.div(one(dtype), x)),
  square: floats((ops) => (x) => ops.mul(x, x), { int32: (x) => i32x4.mul(x, x) }),
  relu: floats(positive, { int32: (x) => i32x4.maxS(x, i32x4.const(0)) }),
  floor: floats((ops) => ops.floor, { int32: identity }),
  ceil: floats((ops) => ops.ceil, { int32: identity }),
  round: floats((ops) => ops.nearest, { int32: identity }),
  logicalNot: bits(v128.not),
  add: floats((ops) => ops.add, { int32: i32x4.add }),
  sub: floats((ops) => ops.sub, { int32: i32x4.sub }),
  mul: floats((ops) => ops.mul, { int32: i32x4.mul }),
  div: floats((ops) => ops.div),
  maximum: floats((ops) => ops.max, { int32: i32x4.maxS }),
  minimum: floats((ops) => ops.min, { int32: i32x4.minS }),
  eq: floats((ops) => ops.eq, { int32: i32x4.eq, bool: masksAgree }),
  ne: floats((ops) => ops.ne, { int32: i32x4.ne, bool: v128.xor }),
  lt: floats((ops) => ops.lt, { int32: i32x4.ltS }),
  le: floats((ops) => ops.le, { int32: i32x4.leS }),
  gt: floats((ops) => ops.gt, { int32: i32x4.gtS }),
  ge: floats((ops) => ops.ge, { int32: i32x4.geS }),
  logicalAnd: bits(v128.and),
  logicalOr: bits(v128.or),
};
