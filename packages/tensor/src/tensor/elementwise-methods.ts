import { type DType, isFloat, numberDType, promote } from "../dtype.ts";
import { DTypeError } from "../errors.ts";
import type { PrimitiveName, Signatures, NoAttrs } from "../primitives/primitive.ts";
import { checkInt32Exponent } from "../primitives/int32-power.ts";
import { asFloat } from "./as-float.ts";
import { asNumber } from "./as-number.ts";
import { TensorCore } from "./core.ts";
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
  private unary(name: Plain): Tensor {
    return this.run(name, [], {});
  }

  private floatUnary(name: Plain): Tensor {
    return asFloat(this).run(name, [], {});
  }

  /** In the dtype that holds both operands, and that holds `least`: int32 for what adds or multiplies, float32 for `div`. */
  private binary(name: Plain, other: Operand, least: DType = "bool"): Tensor {
    const { dtype } = this;
    const met = typeof other === "number" ? numberDType(other, dtype) : other.dtype;
    const common = promote(promote(dtype, met), least);
    const left: ElementwiseMethods = dtype === common ? this : this.to(common);
    return left.run(name, [typeof other === "number" ? this.scalar(other, common) : other.to(common)], {});
  }

  /** This tensor in another dtype; floats truncate toward zero into int32, modulo 2^32. */
  to(dtype: DType): Tensor {
    return this.dtype === dtype ? this.self() : this.run("cast", [], { dtype });
  }

  /** `this + other`; two bools are added as int32 */
  add(other: Operand): Tensor {
    return this.binary("add", other, "int32");
  }

  /** `this − other` */
  sub(other: Operand): Tensor {
    return this.binary("sub", other, "int32");
  }

  /** `this · other` */
  mul(other: Operand): Tensor {
    return this.binary("mul", other, "int32");
  }

  /** `this / other`, in floats */
  div(other: Operand): Tensor {
    return this.binary("div", other, "float32");
  }

  /**
   * `this ^ other`
   *
   * @throws {ValueError} for a negative exponent of int32, whose power is a fraction
   * @example
   * tensor([2, 3]).pow(-1).mul(6).toArray() // => [3, 2]
   */
  pow(other: Operand): Tensor {
    if (other === 2) return this.square();
    if (typeof other === "number" && Number.isInteger(other) && !isFloat(this.dtype)) checkInt32Exponent(other);
    return this.binary("pow", other, "int32");
  }

  /** The larger of both; NaN if either is. */
  maximum(other: Operand): Tensor {
    return this.binary("maximum", other);
  }

  /** The smaller of both; NaN if either is. */
  minimum(other: Operand): Tensor {
    return this.binary("minimum", other);
  }

  /** `this − ⌊this / other⌋ · other`, with the sign of `other` as in Python */
  remainder(other: Operand): Tensor {
    return this.binary("remainder", other, "int32");
  }

  eq(other: Operand): Tensor {
    return this.binary("eq", other);
  }

  ne(other: Operand): Tensor {
    return this.binary("ne", other);
  }

  lt(other: Operand): Tensor {
    return this.binary("lt", other);
  }

  le(other: Operand): Tensor {
    return this.binary("le", other);
  }

  gt(other: Operand): Tensor {
    return this.binary("gt", other);
  }

  ge(other: Operand): Tensor {
    return this.binary("ge", other);
  }

  logicalAnd(other: Tensor): Tensor {
    return this.to("bool").run("logicalAnd", [other.to("bool")], {});
  }

  logicalOr(other: Tensor): Tensor {
    return this.to("bool").run("logicalOr", [other.to("bool")], {});
  }

  logicalNot(): Tensor {
    return this.to("bool").run("logicalNot", [], {});
  }

  neg(): Tensor {
    if (this.dtype === "bool") throw new DTypeError("neg: expected numbers, got bool. Use logicalNot.");
    return this.unary("neg");
  }

  abs(): Tensor {
    return this.unary("abs");
  }

  /** −1, 0 or 1 */
  sign(): Tensor {
    return this.unary("sign");
  }

  exp(): Tensor {
    return this.floatUnary("exp");
  }

  /** `exp(this) − 1`, accurate near 0 */
  expm1(): Tensor {
    return this.floatUnary("expm1");
  }

  log(): Tensor {
    return this.floatUnary("log");
  }

  /** `log(1 + this)`, accurate near 0 */
  log1p(): Tensor {
    return this.floatUnary("log1p");
  }

  log2(): Tensor {
    return this.log().div(Math.LN2);
  }

  log10(): Tensor {
    return this.log().div(Math.LN10);
  }

  sqrt(): Tensor {
    return this.floatUnary("sqrt");
  }

  /** `1 / √this` */
  rsqrt(): Tensor {
    return this.floatUnary("rsqrt");
  }

  /** `1 / this` */
  reciprocal(): Tensor {
    return this.floatUnary("reciprocal");
  }

  /** `this · this` */
  square(): Tensor {
    return asNumber(this).run("square", [], {});
  }

  sin(): Tensor {
    return this.floatUnary("sin");
  }

  cos(): Tensor {
    return this.floatUnary("cos");
  }

  tan(): Tensor {
    return this.sin().div(this.cos());
  }

  /** In [−π/2, π/2]. */
  asin(): Tensor {
    const x = asFloat(this);
    return x.div(sineOfArc(x).add(1)).atan().mul(2);
  }

  /** In [0, π]. */
  acos(): Tensor {
    const x = asFloat(this);
    // The angle of |x|, and its supplement where x is negative: full precision at both ends.
    const negative = x.lt(0);
    const size = negative.run("where", [x.neg(), x], {});
    const angle = sineOfArc(x).div(size.add(1)).atan().mul(2);
    return negative.run("where", [angle.neg().add(Math.PI), angle], {});
  }

  /** In [−π/2, π/2]. */
  atan(): Tensor {
    return this.floatUnary("atan");
  }

  /** `(eˣ − e⁻ˣ) / 2` */
  sinh(): Tensor {
    const x = asFloat(this);
    // Without cancellation near 0.
    return x.expm1().sub(x.neg().expm1()).div(2);
  }

  /** `(eˣ + e⁻ˣ) / 2` */
  cosh(): Tensor {
    const x = asFloat(this);
    return x.exp().add(x.neg().exp()).div(2);
  }

  tanh(): Tensor {
    return this.floatUnary("tanh");
  }

  /** `1 / (1 + exp(−this))` */
  sigmoid(): Tensor {
    return this.floatUnary("sigmoid");
  }

  /** `2/√π ∫₀ˣ exp(−t²) dt` */
  erf(): Tensor {
    return this.floatUnary("erf");
  }

  /** `1 − erf(this)`, accurate in the tail */
  erfc(): Tensor {
    return this.floatUnary("erfc");
  }

  /** `max(this, 0)`; the gradient at 0 is 0 */
  relu(): Tensor {
    return this.unary("relu");
  }

  floor(): Tensor {
    return this.unary("floor");
  }

  ceil(): Tensor {
    return this.unary("ceil");
  }

  /** Toward zero. */
  trunc(): Tensor {
    return this.abs().floor().mul(this.sign());
  }

  /** To the nearest whole number, halves to the even one. */
  round(): Tensor {
    return this.unary("round");
  }

  /**
   * Limits to `[min, max]`, where `max` wins if they are the wrong way round; bounds may be tensors and broadcast. The
   * gradient at a bound is 1.
   *
   * @example
   * tensor([-2, 0.5, 2]).clamp(-1, 1).toArray() // => [-1, 0.5, 1]
   */
  clamp(min?: Operand, max?: Operand): Tensor {
    // A choice instead of maximum(): at the bound the gradient is whole, not halved.
    let x = this.self();
    if (min !== undefined) x = bound(x, x.lt(min), min);
    if (max !== undefined) x = bound(x, x.gt(max), max);
    return x;
  }
}

/** `√(1 − x²)` with all its digits near ±1, where its derivative is infinite. */
function sineOfArc(x: Tensor): Tensor {
  return x.neg().add(1).sqrt().mul(x.add(1).sqrt());
}

function bound(x: Tensor, outside: Tensor, limit: Operand): Tensor {
  if (typeof limit === "number") return x.maskedFill(outside, limit);
  const dtype = promote(x.dtype, limit.dtype);
  return outside.run("where", [limit.to(dtype), x.to(dtype)], {});
}
