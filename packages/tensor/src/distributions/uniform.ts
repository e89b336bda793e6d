import { ValueError } from "../errors.ts";
import { where } from "../functions/selection.ts";
import { expectNothing } from "../options/expect-nothing.ts";
import { rand } from "../random/distributions.ts";
import type { Generator } from "../random/generator.ts";
import type { Shape } from "../shape.ts";
import type { Operand } from "../tensor/arithmetic-methods.ts";
import { expectElements } from "../tensor/expect-elements.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { ReparameterizedDistribution } from "./distribution.ts";
import { broadcastParameters, valueOf } from "./parameters.ts";

/**
 * Uniform distribution on `[low, high)`: `log p(x) = −log(high − low)` inside, −∞ outside
 *
 * @throws {ValueError} unless `low < high`, both finite and no further apart than their dtype can tell; also in a compiled function
 * @throws {ShapeError} if `low` and `high` do not broadcast
 * @example
 * new distributions.Uniform(0, 4).logProb(tensor([1, 5])).toArray(); // => [-1.386294, -Infinity]
 * new distributions.Uniform(0, 4).variance.item(); // => 1.333333
 */
export class Uniform extends ReparameterizedDistribution {
  static override readonly name: string = "Uniform";

  /** Lower bound. */
  readonly low: Tensor;
  /** Upper bound. */
  readonly high: Tensor;

  /**
   * @param low the least value, a tensor or a number
   * @param high the bound that no value reaches but by rounding
   */
  constructor(low: Operand, high: Operand, ...none: []) {
    expectNothing("Uniform", none);
    const settled = broadcastParameters("Uniform", { low, high });
    super(settled.low.shape);
    this.low = settled.low;
    this.high = settled.high;
    expectElements(this.width, {
      within: [[Number.MIN_VALUE, Number.MAX_VALUE]],
      error: (width) => new ValueError(`Uniform: expected high − low to be finite and > 0, got ${width}.`),
    });
  }

  private get width(): Tensor {
    return this.high.sub(this.low);
  }

  /** `(low + high) / 2` */
  get mean(): Tensor {
    return this.low.add(this.high).div(2);
  }

  /** `low`, for one: every value is as likely. */
  get mode(): Tensor {
    return this.low;
  }

  /** `(high − low) / √12` */
  get std(): Tensor {
    return this.width.div(Math.sqrt(12));
  }

  /** `(high − low)² / 12` */
  get variance(): Tensor {
    return this.width.square().div(12);
  }

  protected override draw(shape: Shape, generator: Generator | undefined): Tensor {
    return rand(shape, { dtype: this.low.dtype, generator }).mul(this.width).add(this.low);
  }

  override logProb(value: Operand, ...none: []): Tensor {
    expectNothing("Uniform.logProb", none);
    const x = valueOf("Uniform.logProb", value, this.low.dtype);
    return where(x.ge(this.low).logicalAnd(x.lt(this.high)), this.width.log().neg(), -Infinity);
  }

  /** `(x − low) / (high − low)`, within 0 and 1 */
  override cdf(value: Operand, ...none: []): Tensor {
    expectNothing("Uniform.cdf", none);
    return valueOf("Uniform.cdf", value, this.low.dtype).sub(this.low).div(this.width).clamp(0, 1);
  }

  /** `log(high − low)` */
  override entropy(...none: []): Tensor {
    expectNothing("Uniform.entropy", none);
    return this.width.log();
  }

  /** @internal `log((high' − low') / (high − low))`, or ∞ where this one reaches beyond the other */
  override divergence(other: Uniform): Tensor {
    const isWithin = this.low.ge(other.low).logicalAnd(this.high.le(other.high));
    return where(isWithin, other.width.div(this.width).log(), Infinity);
  }
}
