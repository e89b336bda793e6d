import { ValueError } from "../errors.ts";
import { expectNothing } from "../options/expect-nothing.ts";
import { randn } from "../random/distributions.ts";
import type { Generator } from "../random/generator.ts";
import type { Shape } from "../shape.ts";
import type { Operand } from "../tensor/arithmetic-methods.ts";
import { expectElements } from "../tensor/expect-elements.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { ReparameterizedDistribution } from "./distribution.ts";
import { broadcastParameters, valueOf } from "./parameters.ts";

const logRoot2Pi = Math.log(2 * Math.PI) / 2;

/**
 * Normal distribution: `log p(x) = −(x − μ)² / (2σ²) − log σ − ½ log 2π`
 *
 * @throws {ValueError} for a `loc` that is NaN, or a `scale` that is not finite and > 0; also in a compiled function
 * @throws {ShapeError} if `loc` and `scale` do not broadcast
 * @example
 * const { Normal } = distributions;
 * new Normal(0, 1).logProb(0).item(); // => -0.918939
 * new Normal(tensor([1, 2]), 0.5).rsample([3]).shape; // => [3, 2]
 */
export class Normal extends ReparameterizedDistribution {
  static override readonly name: string = "Normal";

  /** μ */
  readonly loc: Tensor;
  /** σ */
  readonly scale: Tensor;

  /**
   * @param loc μ, a tensor or a number
   * @param scale σ, the standard deviation
   */
  constructor(loc: Operand, scale: Operand, ...none: []) {
    expectNothing("Normal", none);
    const settled = broadcastParameters("Normal", { loc, scale });
    super(settled.loc.shape);
    expectElements(settled.loc, {
      within: [[-Infinity, Infinity]],
      error: (element) => new ValueError(`Normal: expected loc to be numbers, got ${element}.`),
    });
    expectElements(settled.scale, {
      within: [[Number.MIN_VALUE, Number.MAX_VALUE]],
      error: (element) => new ValueError(`Normal: expected scale to be finite and > 0, got ${element}.`),
    });
    this.loc = settled.loc;
    this.scale = settled.scale;
  }

  /** μ */
  get mean(): Tensor {
    return this.loc;
  }

  /** μ */
  get mode(): Tensor {
    return this.loc;
  }

  /** σ */
  get std(): Tensor {
    return this.scale;
  }

  /** σ² */
  get variance(): Tensor {
    return this.scale.square();
  }

  protected override draw(shape: Shape, generator: Generator | undefined): Tensor {
    return randn(shape, { dtype: this.loc.dtype, generator }).mul(this.scale).add(this.loc);
  }

  override logProb(value: Operand, ...none: []): Tensor {
    expectNothing("Normal.logProb", none);
    const z = this.standardized("Normal.logProb", value);
    return z.square().mul(-0.5).sub(this.scale.log()).sub(logRoot2Pi);
  }

  /** `½ erfc(−(x − μ) / (σ√2))`, exact in both tails. */
  override cdf(value: Operand, ...none: []): Tensor {
    expectNothing("Normal.cdf", none);
    return this.standardized("Normal.cdf", value).mul(-Math.SQRT1_2).erfc().mul(0.5);
  }

  /** `½ + ½ log 2π + log σ` */
  override entropy(...none: []): Tensor {
    expectNothing("Normal.entropy", none);
    return this.scale.log().add(0.5 + logRoot2Pi);
  }

  /** @internal `½ (r + ((μ − μ') / σ')² − 1 − log r)` with `r = (σ/σ')²` */
  override divergence(other: Normal): Tensor {
    const ratio = this.scale.div(other.scale).square();
    const shift = this.loc.sub(other.loc).div(other.scale).square();
    return ratio.add(shift).sub(1).sub(ratio.log()).mul(0.5);
  }

  private standardized(fn: string, value: Operand): Tensor {
    return valueOf(fn, value, this.loc.dtype).sub(this.loc).div(this.scale);
  }
}
