import { type DType, numberDType, promote } from "../dtype.ts";
import type { PrimitiveName, Signatures, NoAttrs } from "../primitives/primitive.ts";
import { expectNothing } from "../options/expect-nothing.ts";
import { anyDType } from "../options/ranges.ts";
import { expectValue } from "../options/value-range.ts";
import { asNumber } from "./as-number.ts";
import { TensorCore } from "./core.ts";
import { expectExponents } from "./expect-exponents.ts";
import { expectOperand, expectTensor } from "./expect-tensor.ts";
import type { Tensor } from "./tensor.ts";

/**
 * A tensor, or a JavaScript number that takes the dtype of the tensor it meets, or the next that can have its value: a
 * fraction that meets int32 makes float32.
 */
export type Operand = Tensor | number;

/** Primitives without attributes. */
export type Plain = {
  [P in PrimitiveName]: Signatures[P] extends NoAttrs ? (NoAttrs extends Signatures[P] ? P : never) : never;
}[PrimitiveName];

/** Casts, and elementwise arithmetic, comparisons and logic of two operands, broadcasting as NumPy. */
export abstract class ArithmeticMethods extends TensorCore {
  /** In the dtype that holds both operands and `least`: int32 for what adds or multiplies, float32 for `div`. */
  private binary(name: Plain, other: Operand, least: DType = "bool"): Tensor {
    expectOperand(name, "other", other);
    const { dtype } = this;
    const met = typeof other === "number" ? numberDType(other, dtype) : other.dtype;
    const common = promote(promote(dtype, met), least);
    const left: ArithmeticMethods = dtype === common ? this : this.to(common);
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
    expectNothing("add", none);
    return this.binary("add", other, "int32");
  }

  /** `this − other` */
  sub(other: Operand, ...none: []): Tensor {
    expectNothing("sub", none);
    return this.binary("sub", other, "int32");
  }

  /** `this · other` */
  mul(other: Operand, ...none: []): Tensor {
    expectNothing("mul", none);
    return this.binary("mul", other, "int32");
  }

  /** `this / other`, in floats */
  div(other: Operand, ...none: []): Tensor {
    expectNothing("div", none);
    return this.binary("div", other, "float32");
  }

  /**
   * `this ^ other`
   *
   * @throws {ValueError} for a negative exponent of int32, whose power is a fraction
   * @example
   * tensor([2, 3]).pow(-1).mul(6).toArray() // => [3, 2]
   */
  pow(other: Operand, ...none: []): Tensor {
    expectNothing("pow", none);
    expectExponents(this, other);
    if (other !== 2) return this.binary("pow", other, "int32");
    return this.square();
  }

  /** The larger of both; NaN if either is. */
  maximum(other: Operand, ...none: []): Tensor {
    expectNothing("maximum", none);
    return this.binary("maximum", other);
  }

  /** The smaller of both; NaN if either is. */
  minimum(other: Operand, ...none: []): Tensor {
    expectNothing("minimum", none);
    return this.binary("minimum", other);
  }

  /** `this − ⌊this / other⌋ · other`, with the sign of `other` as in Python; by 0 it is NaN, in int32 0 */
  remainder(other: Operand, ...none: []): Tensor {
    expectNothing("remainder", none);
    return this.binary("remainder", other, "int32");
  }

  /** Whether elements are equal, as a bool tensor; NaN equals nothing. */
  eq(other: Operand, ...none: []): Tensor {
    expectNothing("eq", none);
    return this.binary("eq", other);
  }

  /** Whether elements differ, as a bool tensor. */
  ne(other: Operand, ...none: []): Tensor {
    expectNothing("ne", none);
    return this.binary("ne", other);
  }

  /** Whether elements are less than those of the other, as a bool tensor. */
  lt(other: Operand, ...none: []): Tensor {
    expectNothing("lt", none);
    return this.binary("lt", other);
  }

  /** Whether elements are at most those of the other, as a bool tensor. */
  le(other: Operand, ...none: []): Tensor {
    expectNothing("le", none);
    return this.binary("le", other);
  }

  /** Whether elements are greater than those of the other, as a bool tensor. */
  gt(other: Operand, ...none: []): Tensor {
    expectNothing("gt", none);
    return this.binary("gt", other);
  }

  /** Whether elements are at least those of the other, as a bool tensor. */
  ge(other: Operand, ...none: []): Tensor {
    expectNothing("ge", none);
    return this.binary("ge", other);
  }

  /** Whether both elements are true; what is no bool is true unless 0. */
  logicalAnd(other: Tensor, ...none: []): Tensor {
    expectNothing("logicalAnd", none);
    expectTensor("logicalAnd", "other", other);
    return this.to("bool")["run"]("logicalAnd", [other.to("bool")], {});
  }

  /** Whether one of the elements is true, or both; what is no bool is true unless 0. */
  logicalOr(other: Tensor, ...none: []): Tensor {
    expectNothing("logicalOr", none);
    expectTensor("logicalOr", "other", other);
    return this.to("bool")["run"]("logicalOr", [other.to("bool")], {});
  }

  /** Whether an element is false; what is no bool is true unless 0. */
  logicalNot(...none: []): Tensor {
    expectNothing("logicalNot", none);
    return this.to("bool")["run"]("logicalNot", [], {});
  }

  /** `this²`; of bools as int32 */
  square(...none: []): Tensor {
    expectNothing("square", none);
    return asNumber(this)["run"]("square", [], {});
  }
}
