import type { Shape, Tensor } from "@tapegrad/tensor";
import { formatValue, type OptionTable, sizeOf } from "@tapegrad/tensor/internal";
import { ConfiguredModule } from "../module/configured-module.ts";
import type { LazySize } from "../module/lazy-size.ts";
import type { Parameter } from "../module/parameter.ts";
import { type AffineChoice, affineParameters } from "./affine.ts";
import { type ChannelAxes, channelAxisOf, type SampleAxes, settleFeatures } from "./channel-axes.ts";

/** The axis of the channels by the options among the arguments of a layer; of a list of axes, of which no size is known, 1. */
function channelAxisIn(others: readonly unknown[]): number {
  const { axis, batched = true } = (others.at(-1) ?? {}) as SampleAxes;
  const at = channelAxisOf({ axis, batched });
  return typeof at === "number" ? at : 1;
}

/** A layer of inputs with channels, on axis 1 unless it has an option that says otherwise, with γ and β. */
export abstract class ChannelLayer<
  Options extends AffineChoice,
  In extends readonly unknown[] = Tensor[],
> extends ConfiguredModule<Options, In> {
  /** How `lazy` finds the first argument. */
  static readonly lazySize: LazySize = {
    inputAxis: channelAxisIn,
    stateAxes: [
      ["weight", 0],
      ["bias", 0],
      ["running_mean", -1],
      ["running_var", -1],
      ["mean_square", -1],
    ],
    mayLack: true,
  };
  /** Channels of the input, on all axes of these together. */
  readonly features: number;
  /** γ, `[features]`, or of the extents of the axes of the channels */
  weight: Parameter | undefined;
  /** β, of the same shape */
  bias: Parameter | undefined;
  /** The extents of the axes of the channels. */
  protected readonly extents: Shape;

  /**
   * @param features channels, or a list of the extents of their axes
   * @param others what stands between `features` and the options
   */
  constructor(features: number | Shape, options: Options, table: OptionTable<Options>, others: readonly number[] = []) {
    super(options, table, [formatValue(features), ...others]);
    this.extents = settleFeatures(new.target.name, features, (this.options as ChannelAxes).axis);
    this.features = sizeOf(this.extents);
    ({ weight: this.weight, bias: this.bias } = affineParameters(new.target.name, this.extents, this.options));
  }
}
