import type { Tensor } from "@tapegrad/tensor";
import { expectValue, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { ConfiguredModule } from "../module/configured-module.ts";
import type { LazySize } from "../module/lazy-size.ts";
import type { Parameter } from "../module/parameter.ts";
import { type AffineChoice, affineParameters } from "./affine.ts";

/** A layer of inputs with channels on axis 1, with γ and β. */
export abstract class ChannelLayer<
  Options extends AffineChoice,
  In extends readonly unknown[] = Tensor[],
> extends ConfiguredModule<Options, In> {
  /** How `lazy` finds the first argument. */
  static readonly lazySize: LazySize = {
    inputAxis: 1,
    stateAxes: [
      ["weight", 0],
      ["bias", 0],
      ["running_mean", -1],
    ],
    mayLack: true,
  };
  /** Channels of the input. */
  readonly features: number;
  /** γ, `[features]` */
  weight: Parameter | undefined;
  /** β, `[features]` */
  bias: Parameter | undefined;

  /** @param others what stands between `features` and the options */
  constructor(features: number, options: Options, table: OptionTable<Options>, others: readonly number[] = []) {
    super(options, table, [features, ...others]);
    expectValue(new.target.name, "features", features, ranges.extent);
    this.features = features;
    ({ weight: this.weight, bias: this.bias } = affineParameters(new.target.name, [features], this.options));
  }
}
