import { type FloatDType, full, type Shape, ShapeError, type Tensor, ValueError, where } from "@tapegrad/tensor";
import {
  expectNothing,
  expectTensor,
  formatShape,
  formatValue,
  option,
  optional,
  type OptionTable,
  ranges,
} from "@tapegrad/tensor/internal";
import { ConfiguredModule } from "../module/configured-module.ts";
import { Parameter } from "../module/parameter.ts";
import { alongChannels } from "../module/along-channels.ts";

/** Options of {@link PReLU}. */
export interface PReLUOptions {
  /** Slopes: one for all, or one per channel of axis 1; 1 unless given. */
  readonly channels?: number;
  /** Slopes of other places: the shape of a sample, with extent 1 on the axes that share them, those that Keras names in `shared_axes`. */
  readonly shape?: Shape | undefined;
  /** Initial slope; 0.25 unless given. */
  readonly init?: number;
  /** Dtype of the slopes, float32 unless given. */
  readonly dtype?: FloatDType;
}

const table: OptionTable<PReLUOptions> = {
  channels: option(ranges.extent, 1),
  shape: optional(ranges.listOf(ranges.extent)),
  init: option(ranges.finite, 0.25),
  dtype: option(ranges.floatDType, "float32"),
};

/** Slopes as they broadcast to `x`: those of several axes along the last ones. */
function slopesOf(weight: Tensor, x: Tensor): Tensor {
  if (weight.ndim < 2 || weight.size === 1) return alongChannels("prelu", "weight", weight, x);
  const trailing = x.shape.slice(x.ndim - weight.ndim);
  if (weight.ndim <= x.ndim && weight.shape.every((extent, i) => extent === 1 || extent === trailing[i])) return weight;
  throw new ShapeError(
    `prelu: expected a weight whose extents are 1 or those of the last axes of an input of shape ${formatShape(x.shape)}, ` +
      `got shape ${formatShape(weight.shape)}.`,
  );
}

/**
 * ReLU whose negative slope is learned, one for all, one per channel, or one for each place: `y = x` for `x > 0`, else
 * `weight · x`
 *
 * @param x shape `[...]`, or `[N, C, ...]` with one slope per channel; the dtype is promoted with that of `weight`
 * @param weight one element, or shape `[C]`, or of several axes, each of extent 1 or of that of the same of the last axes of `x`
 * @throws {ShapeError} if `weight` has neither one element nor one per channel, nor such axes
 * @see He et al., Delving Deep into Rectifiers (2015), https://arxiv.org/abs/1502.01852
 * @example
 * prelu(tensor([[-2, -2]]), tensor([0.5, 0.25])).toArray(); // => [[-1, -0.5]]
 * prelu(tensor([[[-2, -2]]]), tensor([[0.5, 0.25]])).toArray(); // => [[[-1, -0.5]]]
 */
export function prelu(x: Tensor, weight: Tensor, ...none: []): Tensor {
  expectNothing("prelu", none);
  expectTensor("prelu", "x", x);
  expectTensor("prelu", "weight", weight);
  const slope = slopesOf(weight, x);
  const positive = x.gt(0);
  // The inner choice keeps 0 · ∞ out of the gradient of the slope.
  return where(positive, x, x.maskedFill(positive, 0).mul(slope));
}

/**
 * {@link prelu} with its slopes.
 *
 * @example
 * new PReLU().forward(tensor([-2, 3])).toArray(); // => [-0.5, 3]
 * new PReLU({ shape: [3, 8, 8] }).forward(randn([4, 3, 8, 8])).shape; // => [4, 3, 8, 8]
 */
export class PReLU extends ConfiguredModule<PReLUOptions> {
  static override readonly name: string = "PReLU";

  /** `[channels]`, or `shape` */
  weight: Parameter;

  constructor(options: PReLUOptions = {}) {
    super(options, table);
    const { channels, shape, init, dtype } = this.options;
    if (shape !== undefined && channels !== 1) {
      throw new ValueError(`PReLU: expected channels or a shape, got ${channels} and ${formatValue(shape)}.`);
    }
    this.weight = new Parameter(full(shape ?? [channels], init, { dtype }));
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("PReLU.forward", none);
    return prelu(x, this.weight);
  }

  override details(): string {
    return this.options.shape === undefined ? String(this.weight.size) : formatShape(this.weight.shape);
  }
}
