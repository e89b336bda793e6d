import { settleOptions } from "../options/option-table.ts";
import { type DrawOptions, drawTable } from "../random/distributions.ts";
import type { Generator } from "../random/generator.ts";
import { checkShape, type Shape } from "../shape.ts";
import type { Operand } from "../tensor/arithmetic-methods.ts";
import { withGradMode } from "../tensor/grad-node.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** A batch of distributions of numbers: one for each element of its parameters, which broadcast together. */
export abstract class Distribution {
  static readonly name: string = "Distribution";

  /** How many distributions there are: the shape of the parameters. */
  readonly batchShape: Shape;

  constructor(batchShape: Shape) {
    this.batchShape = batchShape;
  }

  /** What is most likely, or one of several such values. */
  abstract get mode(): Tensor;

  /** Logarithm of the probability of `value`, or of its density; the value broadcasts to the batch. */
  abstract logProb(value: Operand, ...none: []): Tensor;

  /** `−E[log p(x)]`, in nats. */
  abstract entropy(...none: []): Tensor;

  /** @internal `KL(this ‖ other)` of two distributions of one class. */
  abstract divergence(other: Distribution): Tensor;

  /** One draw for each element of `shape`; `shape` ends in that of the batch. */
  protected abstract draw(shape: Shape, generator: Generator | undefined): Tensor;

  /**
   * Draws `[...shape, ...batchShape]` values, through which no gradient flows.
   *
   * @param shape how many of each distribution; one unless given, without an axis
   */
  sample(shape: Shape = [], options: DrawOptions = {}): Tensor {
    return withGradMode(false, () => this.drawn("sample", shape, options));
  }

  /** @param method what was called, for the messages */
  protected drawn(method: string, shape: Shape, options: DrawOptions): Tensor {
    const fn = `${this.constructor.name}.${method}`;
    const { generator } = settleOptions(fn, options, drawTable);
    checkShape(fn, shape);
    return this.draw([...shape, ...this.batchShape], generator);
  }
}

/** A distribution whose draws are a differentiable function of its parameters and of noise that does not depend on them. */
export abstract class ReparameterizedDistribution extends Distribution {
  static override readonly name: string = "ReparameterizedDistribution";

  /** Expected value. */
  abstract get mean(): Tensor;
  /** Variance. */
  abstract get variance(): Tensor;
  /** Standard deviation. */
  abstract get std(): Tensor;

  /** Probability of a value of at most `value`. */
  abstract cdf(value: Operand, ...none: []): Tensor;

  /**
   * Draws `[...shape, ...batchShape]` values through which gradients flow to the parameters.
   *
   * @param shape how many of each distribution; one unless given, without an axis
   * @see Kingma and Welling 2014, https://arxiv.org/abs/1312.6114
   */
  rsample(shape: Shape = [], options: DrawOptions = {}): Tensor {
    return this.drawn("rsample", shape, options);
  }
}
