import { DTypeError } from "../errors.ts";
import { expectNothing } from "../options/expect-nothing.ts";
import { acos, asin } from "./arcs.ts";
import { ArithmeticMethods, type Operand, type Plain } from "./arithmetic-methods.ts";
import { asFloat } from "./as-float.ts";
import { clamp } from "./clamp.ts";
import { cosh, sinh } from "./hyperbolic.ts";
import type { Tensor } from "./tensor.ts";

/** Elementwise functions of one tensor. */
export abstract class ElementwiseMethods extends ArithmeticMethods {
  private unary(name: Plain): Tensor {
    return this.run(name, [], {});
  }

  private floatUnary(name: Plain): Tensor {
    return asFloat(this)["run"](name, [], {});
  }

  /** `−this`; bools are refused: that is `logicalNot`. */
  neg(...none: []): Tensor {
    if (this.dtype === "bool") throw new DTypeError("neg: expected numbers, got bool. Use logicalNot.");
    expectNothing("neg", none);
    return this.unary("neg");
  }

  /** Magnitude. */
  abs(...none: []): Tensor {
    expectNothing("abs", none);
    return this.unary("abs");
  }

  /** −1, 0 or 1 */
  sign(...none: []): Tensor {
    expectNothing("sign", none);
    return this.unary("sign");
  }

  /** `eˣ`, in floats. */
  exp(...none: []): Tensor {
    expectNothing("exp", none);
    return this.floatUnary("exp");
  }

  /** `exp(this) − 1`, accurate near 0 */
  expm1(...none: []): Tensor {
    expectNothing("expm1", none);
    return this.floatUnary("expm1");
  }

  /** Natural logarithm, in floats; NaN below 0. */
  log(...none: []): Tensor {
    expectNothing("log", none);
    return this.floatUnary("log");
  }

  /** `log(1 + this)`, accurate near 0 */
  log1p(...none: []): Tensor {
    expectNothing("log1p", none);
    return this.floatUnary("log1p");
  }

  /** Logarithm to the base 2, in floats. */
  log2(...none: []): Tensor {
    expectNothing("log2", none);
    return this.log().div(Math.LN2);
  }

  /** Logarithm to the base 10, in floats. */
  log10(...none: []): Tensor {
    expectNothing("log10", none);
    return this.log().div(Math.LN10);
  }

  /** Square root, in floats; its gradient at 0 is ∞. */
  sqrt(...none: []): Tensor {
    expectNothing("sqrt", none);
    return this.floatUnary("sqrt");
  }

  /** `1 / √this` */
  rsqrt(...none: []): Tensor {
    expectNothing("rsqrt", none);
    return this.floatUnary("rsqrt");
  }

  /** `1 / this` */
  reciprocal(...none: []): Tensor {
    expectNothing("reciprocal", none);
    return this.floatUnary("reciprocal");
  }

  /** Sine of an angle in radians. */
  sin(...none: []): Tensor {
    expectNothing("sin", none);
    return this.floatUnary("sin");
  }

  /** Cosine of an angle in radians. */
  cos(...none: []): Tensor {
    expectNothing("cos", none);
    return this.floatUnary("cos");
  }

  /** Tangent of an angle in radians. */
  tan(...none: []): Tensor {
    expectNothing("tan", none);
    return this.sin().div(this.cos());
  }

  /** Inverse sine, in [−π/2, π/2]. */
  asin(...none: []): Tensor {
    expectNothing("asin", none);
    return asin(asFloat(this));
  }

  /** Inverse cosine, in [0, π]. */
  acos(...none: []): Tensor {
    expectNothing("acos", none);
    return acos(asFloat(this));
  }

  /** Inverse tangent, in [−π/2, π/2]. */
  atan(...none: []): Tensor {
    expectNothing("atan", none);
    return this.floatUnary("atan");
  }

  /** Hyperbolic sine, `(eˣ − e⁻ˣ) / 2` */
  sinh(...none: []): Tensor {
    expectNothing("sinh", none);
    return sinh(asFloat(this));
  }

  /** Hyperbolic cosine, `(eˣ + e⁻ˣ) / 2` */
  cosh(...none: []): Tensor {
    expectNothing("cosh", none);
    return cosh(asFloat(this));
  }

  /** Hyperbolic tangent. */
  tanh(...none: []): Tensor {
    expectNothing("tanh", none);
    return this.floatUnary("tanh");
  }

  /** `1 / (1 + exp(−this))` */
  sigmoid(...none: []): Tensor {
    expectNothing("sigmoid", none);
    return this.floatUnary("sigmoid");
  }

  /** `2/√π ∫₀ˣ exp(−t²) dt` */
  erf(...none: []): Tensor {
    expectNothing("erf", none);
    return this.floatUnary("erf");
  }

  /** `1 − erf(this)`, accurate in the tail */
  erfc(...none: []): Tensor {
    expectNothing("erfc", none);
    return this.floatUnary("erfc");
  }

  /** `max(this, 0)`; the gradient at 0 is 0 */
  relu(...none: []): Tensor {
    expectNothing("relu", none);
    return this.unary("relu");
  }

  /** To the whole number below. */
  floor(...none: []): Tensor {
    expectNothing("floor", none);
    return this.unary("floor");
  }

  /** To the whole number above. */
  ceil(...none: []): Tensor {
    expectNothing("ceil", none);
    return this.unary("ceil");
  }

  /** Toward zero. */
  trunc(...none: []): Tensor {
    if (this.dtype === "bool") throw new DTypeError("trunc: expected a number tensor, got bool.");
    expectNothing("trunc", none);
    return this.abs().floor().mul(this.sign());
  }

  /** To the nearest whole number, halves to the even one. */
  round(...none: []): Tensor {
    expectNothing("round", none);
    return this.unary("round");
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
