import { nn, ones, type Tensor } from "tapegrad";

/** Options of {@link RMSNorm}, which are those of the Keras layer. */
export interface RMSNormOptions {
  readonly epsilon?: number;
  readonly gammaInitializer?: nn.Initializer;
  readonly gammaRegularizer?: nn.Regularizer;
  readonly gammaConstraint?: nn.Constraint;
}

/** A layer of one's own: `γ · x / √(mean(x²) + ε)` over the last axis. */
export class RMSNorm extends nn.Module {
  static override readonly name: string = "RMSNorm";
  readonly epsilon: number;
  /** `[features]` */
  gamma: nn.Parameter;

  constructor(features: number, options: RMSNormOptions = {}) {
    super();
    const { epsilon = 1e-3, gammaInitializer = "ones", gammaRegularizer, gammaConstraint } = options;
    this.epsilon = epsilon;
    this.gamma = new nn.Parameter(ones([features]), { regularizer: gammaRegularizer, constraint: gammaConstraint });
    nn.init.fill(this.gamma, gammaInitializer);
  }

  override forward(x: Tensor): Tensor {
    const meanSquare = x.square().mean({ axis: -1, keepDims: true });
    return x.mul(meanSquare.add(this.epsilon).rsqrt()).mul(this.gamma);
  }

  override details(): string {
    return `${this.gamma.size}, epsilon=${this.epsilon}`;
  }
}
