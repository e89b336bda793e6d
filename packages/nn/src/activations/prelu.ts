import { type FloatDType, full, type Tensor, where } from "@tapegrad/tensor";
import { expectNothing, expectTensor, option, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { ConfiguredModule } from "../module/configured-module.ts";
import { Parameter } from "../module/parameter.ts";
import { alongChannels } from "../module/along-channels.ts";

/** Options of {@link PReLU}. */
export interface PReLUOptions {
  /** Slopes: one for all, or one per channel of axis 1; 1 unless given. */
  readonly channels?: number;
  /** Initial slope; 0.25 unless given. */
  readonly init?: number;
  /** Dtype of the slopes, float32 unless given. */
  readonly dtype?: FloatDType;
}

const table: OptionTable<PReLUOptions> = {
  channels: option(ranges.extent, 1),
  init: option(ranges.finite, 0.25),
  dtype: option(ranges.floatDType, "float32"),
};

/**
 * ReLU whose negative slope is learned, one for all or one per channel: `y = x` for `x > 0`, else `weight · x`
 *
 * @param x shape `[...]`, or `[N, C, ...]` with one slope per channel; the dtype is promoted with that of `weight`
 * @param weight one element, or shape `[C]`
 * @throws {ShapeError} if `weight` has neither one element nor one per channel
 * @see He et al., Delving Deep into Rectifiers (2015), https://arxiv.org/abs/1502.01852
 * @example
 * prelu(tensor([[-2, -2]]), tensor([0.5, 0.25])).toArray(); // => [[-1, -0.5]]
 */
export function prelu(x: Tensor, weight: Tensor, ...none: []): Tensor {
  expectNothing("prelu", none);
  expectTensor("prelu", "x", x);
  expectTensor("prelu", "weight", weight);
  const slope = alongChannels("prelu", "weight", weight, x);
  const positive = x.gt(0);
  // The inner choice keeps 0 · ∞ out of the gradient of the slope.
  return where(positive, x, x.maskedFill(positive, 0).mul(slope));
}

/**
 * {@link prelu} with its slopes.
 *
 * @example
 * new PReLU().forward(tensor([-2, 3])).toArray(); // => [-0.5, 3]
 */
export class PReLU extends ConfiguredModule<PReLUOptions> {
  static override readonly name: string = "PReLU";

  /** `[channels]` */
  weight: Parameter;

  constructor(options: PReLUOptions = {}) {
    super(options, table);
    const { channels, init, dtype } = this.options;
    this.weight = new Parameter(full([channels], init, { dtype }));
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("PReLU.forward", none);
    return prelu(x, this.weight);
  }

  override details(): string {
    return String(this.weight.size);
  }
}
