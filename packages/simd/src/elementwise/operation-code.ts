import type { Expr } from "../assembler/expr.ts";
import type { FunctionBuilder } from "../assembler/function-builder.ts";
import type { ModuleBuilder } from "../assembler/module-builder.ts";
import { f32x4 } from "../assembler/ops/float-vector.ts";
import { i32x4 } from "../assembler/ops/integer-vector.ts";
import { v128 } from "../assembler/ops/v128.ts";
import { inHalves } from "../math/define-math-function.ts";
import { single } from "../math/float-shape.ts";
import { mathFunctions, type UnaryMathName } from "../math/math-functions.ts";
import type { OperationName } from "./operations.ts";

type Vector = Expr<"v128">;

/** Where the code of an operation is put. */
export interface OperationScope {
  readonly module: ModuleBuilder;
  readonly f: FunctionBuilder<"void">;
}

/** The code of an operation on four elements; bools are masks. Operands are locals. */
export type OperationCode = (scope: OperationScope, ...operands: Vector[]) => Vector;

const unary =
  (compute: (x: Vector) => Vector): OperationCode =>
  (_, x) =>
    compute(x);
const binary =
  (compute: (a: Vector, b: Vector) => Vector): OperationCode =>
  (_, a, b) =>
    compute(a, b);
const math =
  (name: UnaryMathName): OperationCode =>
  ({ module, f }, x) =>
    mathFunctions[name].inline.f32x4(module, f, { x: x });

const zero = f32x4.const(0);
const one = f32x4.const(1);

/** A function in double precision, rounded once. */
function widened(name: UnaryMathName): OperationCode {
  const code = inHalves<"x">(({ module, f }, args) => mathFunctions[name].inline.f64x2(module, f, args));
  return ({ module, f }, x) => code({ module, f, shape: single }, { x });
}

/**
 * Truncated modulo 2^32: r = x − trunc(x / 2^32) · 2^32 is exact and has x's sign, NaN where x is not finite. The
 * conversion saturates at 0 and makes 0 of NaN, so that one of r and −r gives nothing.
 */
const floatToInt: OperationCode = ({ f }, x) => {
  const turns = f32x4.trunc(f32x4.mul(x, f32x4.const(2 ** -32)));
  const rest = f.let(f32x4.sub(x, f32x4.mul(turns, f32x4.const(2 ** 32))));
  return i32x4.sub(i32x4.truncSatF32x4U(rest), i32x4.truncSatF32x4U(f32x4.neg(rest)));
};

const choose: OperationCode = (_, condition, a, b) => v128.bitselect(a, b, condition);

/** How every operation is said; no instruction depends on the engine. */
export const operationCode: { readonly [Name in OperationName]: OperationCode } = {
  neg: unary(f32x4.neg),
  abs: unary(f32x4.abs),
  sign: (_, x) => {
    const above = v128.bitselect(one, x, f32x4.gt(x, zero));
    return v128.bitselect(f32x4.const(-1), above, f32x4.lt(x, zero));
  },
  square: unary((x) => f32x4.mul(x, x)),
  sqrt: unary(f32x4.sqrt),
  rsqrt: unary((x) => f32x4.div(one, f32x4.sqrt(x))),
  reciprocal: unary((x) => f32x4.div(one, x)),
  relu: unary((x) => v128.andnot(x, f32x4.le(x, zero))),
  floor: unary(f32x4.floor),
  ceil: unary(f32x4.ceil),
  round: unary(f32x4.nearest),
  exp: math("exp"),
  expm1: math("expm1"),
  log: math("log"),
  log1p: widened("log1p"),
  sin: math("sin"),
  cos: math("cos"),
  tanh: math("tanh"),
  sigmoid: math("sigmoid"),
  erf: math("erf"),
  erfc: math("erfc"),
  add: binary(f32x4.add),
  sub: binary(f32x4.sub),
  mul: binary(f32x4.mul),
  div: binary(f32x4.div),
  pow: ({ module, f }, x, y) => mathFunctions.pow.inline.f32x4(module, f, { x, y }),
  maximum: binary(f32x4.max),
  minimum: binary(f32x4.min),
  eq: binary(f32x4.eq),
  ne: binary(f32x4.ne),
  lt: binary(f32x4.lt),
  le: binary(f32x4.le),
  gt: binary(f32x4.gt),
  ge: binary(f32x4.ge),
  logicalAnd: binary(v128.and),
  logicalOr: binary(v128.or),
  logicalNot: unary(v128.not),
  where: choose,
  whereInt: choose,
  boolToFloat: unary((mask) => v128.and(mask, one)),
  intToFloat: unary(f32x4.convertI32x4S),
  floatToBool: unary((x) => f32x4.ne(x, zero)),
  floatToInt,
};
