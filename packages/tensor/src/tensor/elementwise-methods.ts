import { type DType, isFloat, numberDType, promote } from "../dtype.ts";
import { DTypeError } from "../errors.ts";
import type { PrimitiveName, Signatures, NoAttrs } from "../primitives/primitive.ts";
import { expectNothing } from "../options/expect-nothing.ts";
import { anyDType } from "../options/ranges.ts";
import { expectValue } from "../options/value-range.ts";
import { acos, asin } from "./arcs.ts";
import { asFloat } from "./as-float.ts";
import { asNumber } from "./as-number.ts";
import { clamp } from "./clamp.ts";
import { TensorCore } from "./core.ts";
import { expectExponents } from "./expect-exponents.ts";
import { cosh, sinh } from "./hyperbolic.ts";
import { expectOperand, expectTensor } from "./expect-tensor.ts";
import type { Tensor } from "./tensor.ts";

/**
 * A tensor, or a JavaScript number that takes the dtype of the tensor it meets, or the next that can have its value: a
 * fraction that meets int32 makes float32.
 */
export type Operand = Tensor | number;

type Plain = {
  [P in PrimitiveName]: Signatures[P] extends NoAttrs ? (NoAttrs extends Signatures[P] ? P : never) : never;
}[PrimitiveName];

/** Elementwise arithmetic, functions and comparisons, broadcasting as NumPy. */
export abstract class ElementwiseMethods extends TensorCore {
  private unary(name: Plain, none: readonly unknown[]): Tensor {
    expectNothing(name, none);
    return this.run(name, [], {});
  }

  private floatUnary(name: Plain, none: readonly unknown[]): Tensor {
    expectNothing(name, none);
    return asFloat(this).run(name, [], {});
  }

  /** In the dtype that holds both operands and `least`: int32 for what adds or multiplies, float32 for `div`. */
  private binary(name: Plain, other: Operand, none: readonly unknown[], least: DType = "bool"): Tensor {
    expectNothing(name, none);
    expectOperand(name, "other", other);
    const { dtype } = this;
    const met = typeof other === "number" ? numberDType(other, dtype) : other.dtype;
    const common = promote(promote(dtype, met), least);
    const left: ElementwiseMethods = dtype === common ? this : this.to(common);
    return left.run(name, [typeof other === "number" ? this.scalar(other, common) : other.to(common)], {});
  }

  /** This tensor in another dtype; floats truncate toward zero into int32, modulo 2^32. */
  to(dtype: DType, ...none: []): Tensor {
    expectNothing("to", none);
    if (this.dtype !== dtype) expectValue("to", "dtype", dtype, anyDType);
    return this.dtype === dtype ? this.self() : this.run("cast", [], { dtype });
  }

  /** `this + other`; two bools are added as int32 */
  add(other: Operand, ...none: []): Tensor {
    return this.binary("add", other, none, "int32");
  }

  /** `this − other` */
  sub(other: Operand, ...none: []): Tensor {
    return this.binary("sub", other, none, "int32");
  }

  /** `this · other` */
  mul(other: Operand, ...none: []): Tensor {
    return this.binary("mul", other, none, "int32");
  }

  /** `this / other`, in floats */
  div(other: Operand, ...none: []): Tensor {
    return this.binary("div", other, none, "float32");
  }

  /**
   * `this ^ other`
   *
   * @throws {ValueError} for a negative exponent of int32, whose power is a fraction
   * @example
   * tensor([2, 3]).pow(-1).mul(6).toArray() // => [3, 2]
   */
  pow(other: Operand, ...none: []): Tensor {
    expectOperand("pow", "other", other);
    const isWhole = typeof other === "number" ? Number.isInteger(other) : !isFloat(other.dtype);
    if (isWhole && !isFloat(this.dtype)) expectExponents(other);
    if (other !== 2) return this.binary("pow", other, none, "int32");
    expectNothing("pow", none);
    return this.square();
  }

  /** The larger of both; NaN if either is. */
  maximum(other: Operand, ...none: []): Tensor {
    return this.binary("maximum", other, none);
  }

  /** The smaller of both; NaN if either is. */
  minimum(other: Operand, ...none: []): Tensor {
    return this.binary("minimum", other, none);
  }

  /** `this − ⌊this / other⌋ · other`, with the sign of `other` as in Python */
  remainder(other: Operand, ...none: []): Tensor {
    return this.binary("remainder", other, none, "int32");
  }

  eq(other: Operand, ...none: []): Tensor {
    return this.binary("eq", other, none);
  }

  ne(other: Operand, ...none: []): Tensor {
    return this.binary("ne", other, none);
  }

  lt(other: Operand, ...none: []): Tensor {
    return this.binary("lt", other, none);
  }

  le(other: Operand, ...none: []): Tensor {
    return this.binary("le", other, none);
  }

  gt(other: Operand, ...none: []): Tensor {
    return this.binary("gt", other, none);
  }

  ge(other: Operand, ...none: []): Tensor {
    return this.binary("ge", other, none);
  }

  logicalAnd(other: Tensor, ...none: []): Tensor {
    expectNothing("logicalAnd", none);
    expectTensor("logicalAnd", "other", other);
    return this.to("bool").run("logicalAnd", [other.to("bool")], {});
  }

  logicalOr(other: Tensor, ...none: []): Tensor {
    expectNothing("logicalOr", none);
    expectTensor("logicalOr", "other", other);
    return this.to("bool").run("logicalOr", [other.to("bool")], {});
  }

  logicalNot(...none: []): Tensor {
    expectNothing("logicalNot", none);
    return this.to("bool").run("logicalNot", [], {});
  }

  neg(...none: []): Tensor {
    if (this.dtype === "bool") throw new DTypeError("neg: expected numbers, got bool. Use logicalNot.");
    return this.unary("neg", none);
  }

  abs(...none: []): Tensor {
    return this.unary("abs", none);
  }

  /** −1, 0 or 1 */
  sign(...none: []): Tensor {
    return this.unary("sign", none);
  }

  exp(...none: []): Tensor {
    return this.floatUnary("exp", none);
  }

  /** `exp(this) − 1`, accurate near 0 */
  expm1(...none: []): Tensor {
    return this.floatUnary("expm1", none);
  }

  log(...none: []): Tensor {
    return this.floatUnary("log", none);
  }

  /** `log(1 + this)`, accurate near 0 */
  log1p(...none: []): Tensor {
    return this.floatUnary("log1p", none);
  }

  log2(...none: []): Tensor {
    expectNothing("log2", none);
    return this.log().div(Math.LN2);
  }

  log10(...none: []): Tensor {
    expectNothing("log10", none);
    return this.log().div(Math.LN10);
  }

  sqrt(...none: []): Tensor {
    return this.floatUnary("sqrt", none);
  }

  /** `1 / √this` */
  rsqrt(...none: []): Tensor {
    return this.floatUnary("rsqrt", none);
  }

  /** `1 / this` */
  reciprocal(...none: []): Tensor {
    return this.floatUnary("reciprocal", none);
  }

  /** `this · this` */
  square(...none: []): Tensor {
    expectNothing("square", none);
    return asNumber(this).run("square", [], {});
  }

  sin(...none: []): Tensor {
    return this.floatUnary("sin", none);
  }

  cos(...none: []): Tensor {
    return this.floatUnary("cos", none);
  }

  tan(...none: []): Tensor {
    expectNothing("tan", none);
    return this.sin().div(this.cos());
  }

  /** In [−π/2, π/2]. */
  asin(...none: []): Tensor {
    expectNothing("asin", none);
    return asin(asFloat(this));
  }

  /** In [0, π]. */
  acos(...none: []): Tensor {
    expectNothing("acos", none);
    return acos(asFloat(this));
  }

  /** In [−π/2, π/2]. */
  atan(...none: []): Tensor {
    return this.floatUnary("atan", none);
  }

  /** `(eˣ − e⁻ˣ) / 2` */
  sinh(...none: []): Tensor {
    expectNothing("sinh", none);
    return sinh(asFloat(this));
  }

  /** `(eˣ + e⁻ˣ) / 2` */
  cosh(...none: []): Tensor {
    expectNothing("cosh", none);
    return cosh(asFloat(this));
  }

  tanh(...none: []): Tensor {
    return this.floatUnary("tanh", none);
  }

  /** `1 / (1 + exp(−this))` */
  sigmoid(...none: []): Tensor {
    return this.floatUnary("sigmoid", none);
  }

  /** `2/√π ∫₀ˣ exp(−t²) dt` */
  erf(...none: []): Tensor {
    return this.floatUnary("erf", none);
  }

  /** `1 − erf(this)`, accurate in the tail */
  erfc(...none: []): Tensor {
    return this.floatUnary("erfc", none);
  }

  /** `max(this, 0)`; the gradient at 0 is 0 */
  relu(...none: []): Tensor {
    return this.unary("relu", none);
  }

  floor(...none: []): Tensor {
    return this.unary("floor", none);
  }

  ceil(...none: []): Tensor {
    return this.unary("ceil", none);
  }

  /** Toward zero. */
  trunc(...none: []): Tensor {
    expectNothing("trunc", none);
    return this.abs().floor().mul(this.sign());
  }

  /** To the nearest whole number, halves to the even one. */
  round(...none: []): Tensor {
    return this.unary("round", none);
  }

  /**
   * Limits to `[min, max]`, where `max` wins if they are the wrong way round; bounds may be tensors and broadcast. The
   * gradient at a bound is 1.
   *
   * @example
   * tensor([-2, 0.5, 2]).clamp(-1, 1).toArray() // => [-1, 0.5, 1]
   */
  clamp(min?: Operand, max?: Operand, ...none: []): Tensor {
    expectNothing("clamp", none);
    return clamp(this.self(), min, max);
  }
}
