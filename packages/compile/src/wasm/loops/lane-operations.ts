import { call, type Expr, i32x4, mathFunctions, type UnaryMathName, v128 } from "@tapegrad/simd";
import type { DType } from "@tapegrad/tensor";
import type { Operation } from "../../graph/graph.ts";
import type { OperationName } from "../../operations/operation.ts";
import { elements, type FloatCode } from "../elements.ts";
import { remainders } from "./lane-remainder.ts";
import { castLanes, type Lanes, type LaneScope, mapParts, narrowMask, widenMask } from "./lanes.ts";

type Vector = Expr<"v128">;
type FloatVectors = FloatCode["vectors"];
type Compute = (...parts: Vector[]) => Vector;
type Computes = { readonly [D in DType]?: Compute };

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

const hasFloats = (dtype: DType): boolean => elements[dtype].floats !== undefined;
const always = (emit: LaneCode["emit"]): LaneCode => ({ accepts: () => true, emit });
const same: LaneCode = always((_, inputs) => inputs[0]!);

/** A vector instruction or a few, for the dtypes that are given. */
function vectors(computes: Computes): LaneCode {
  return {
    accepts: (dtype) => computes[dtype] !== undefined,
    emit: (scope, inputs, dtype) => {
      const own = inputs[0]!.dtype;
      const result = mapParts(scope, own, inputs, computes[own]!);
      return dtype === "bool" ? narrowMask(scope, result) : { ...result, dtype };
    },
  };
}

/** For both float dtypes. */
const both: readonly DType[] = ["float32", "float64"];

/** An elementary function: called, or in the place of the call where its code is short for the dtype and loops run often. */
function math(name: UnaryMathName, shortFor: readonly DType[] = []): LaneCode {
  return {
    accepts: hasFloats,
    emit: (scope, [x], dtype) => {
      const code = mathFunctions[name];
      const { shape } = elements[dtype].floats!;
      if (scope.inlines === true && shortFor.includes(dtype)) {
        return mapParts(scope, dtype, [x!], (a) => code.inline[shape](scope.module, scope.f, { x: a }));
      }
      const callee = code[shape](scope.module);
      return mapParts(scope, dtype, [x!], (a) => call(callee, { x: a }));
    },
  };
}

function emitWhere(scope: LaneScope, [condition, x, y]: readonly Lanes[], dtype: DType): Lanes {
  const mask = widenMask(scope, condition!, dtype);
  return mapParts(scope, dtype, [x!, y!, mask], (p, q, m) => v128.bitselect(p, q, m));
}

/** Code that is alike for all float dtypes, and what is given for others. */
function floats(make: (ops: FloatVectors) => Compute, others: Computes = {}): LaneCode {
  const rows = Object.entries(elements).flatMap(([dtype, { floats }]) =>
    floats === undefined ? [] : [[dtype, make(floats.vectors)]],
  );
  return vectors({ ...Object.fromEntries(rows), ...others });
}

const identity: Compute = (x) => x;
const bits = (compute: Compute): LaneCode => vectors({ bool: compute });

/** x where it is above 0 or NaN, else 0. */
const positive =
  (ops: FloatVectors): Compute =>
  (x) =>
    v128.andnot(x, ops.le(x, ops.const(0)));

/** 1, -1, or x itself, which is then 0 or NaN. */
const signOf =
  (ops: FloatVectors): Compute =>
  (x) => {
    const above = v128.bitselect(ops.const(1), x, ops.gt(x, ops.const(0)));
    return v128.bitselect(ops.const(-1), above, ops.lt(x, ops.const(0)));
  };

const masksAgree: Compute = (a, b) => v128.not(v128.xor(a, b));
/** Of masks, false is below true. */
const isBelow: Compute = (a, b) => v128.andnot(b, a);
const isAbove: Compute = v128.andnot;

const log1p = math("log1p", both);

/** Partial: operations without code here have a kernel of their own, or run as their reference. */
const laneCode: { readonly [P in OperationName]?: LaneCode } = {
  copy: same,
  reshape: same,
  cast: always((scope, [x], dtype) => castLanes(scope, x!, dtype)),
  where: always(emitWhere),
  exp: math("exp", both),
  expm1: math("expm1", both),
  log: math("log", both),
  log1p: {
    accepts: hasFloats,
    emit: (scope, [x], dtype) => {
      if (dtype === "float64") return log1p.emit(scope, [x!], dtype);
      // Through float64 it is rounded once, as eager's: normal random numbers then are the same.
      return castLanes(scope, log1p.emit(scope, [castLanes(scope, x!, "float64")], "float64"), dtype);
    },
  },
  tanh: math("tanh", both),
  sigmoid: math("sigmoid", both),
  erf: math("erf", ["float32"]),
  erfc: math("erfc"),
  sin: math("sin"),
  cos: math("cos"),
  pow: {
    accepts: hasFloats,
    emit: (scope, inputs, dtype) => {
      const callee = mathFunctions.pow[elements[dtype].floats!.shape](scope.module);
      return mapParts(scope, dtype, inputs, (a, b) => call(callee, { x: a, y: b }));
    },
  },
  remainder: {
    accepts: (dtype) => remainders[dtype] !== undefined,
    emit: (scope, inputs, dtype) => mapParts(scope, dtype, inputs, (a, b) => remainders[dtype]!(scope.module, a, b)),
  },
  neg: floats((ops) => ops.neg, { int32: i32x4.neg }),
  abs: floats((ops) => ops.abs, { int32: i32x4.abs }),
  sign: floats(signOf, { int32: (x) => i32x4.minS(i32x4.maxS(x, i32x4.const(-1)), i32x4.const(1)) }),
  sqrt: floats((ops) => ops.sqrt),
  rsqrt: floats((ops) => (x) => ops.div(ops.const(1), ops.sqrt(x))),
  reciprocal: floats((ops) => (x) => ops.div(ops.const(1), x)),
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
  maximum: floats((ops) => ops.max, { int32: i32x4.maxS, bool: v128.or }),
  minimum: floats((ops) => ops.min, { int32: i32x4.minS, bool: v128.and }),
  eq: floats((ops) => ops.eq, { int32: i32x4.eq, bool: masksAgree }),
  ne: floats((ops) => ops.ne, { int32: i32x4.ne, bool: v128.xor }),
  lt: floats((ops) => ops.lt, { int32: i32x4.ltS, bool: isBelow }),
  le: floats((ops) => ops.le, { int32: i32x4.leS, bool: (a, b) => v128.not(isAbove(a, b)) }),
  gt: floats((ops) => ops.gt, { int32: i32x4.gtS, bool: isAbove }),
  ge: floats((ops) => ops.ge, { int32: i32x4.geS, bool: (a, b) => v128.not(isBelow(a, b)) }),
  logicalAnd: bits(v128.and),
  logicalOr: bits(v128.or),
};
