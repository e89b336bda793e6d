import type { Tensor } from "@tapegrad/tensor";
import {
  expectNothing,
  expectTensor,
  expectValue,
  formatValue,
  option,
  type OptionTable,
  ranges,
  type ValueRange,
} from "@tapegrad/tensor/internal";
import type { ActivationFunction, ActivationName } from "../activations/activation.ts";
import { Conv2d, type ConvOptions, convTable } from "../convolution/conv.ts";
import { type PerAxis, perAxis } from "../convolution/per-axis.ts";
import { ConfiguredModule } from "../module/configured-module.ts";

/** Options of {@link MLPConv}; those of windows are for the first convolution, all others for each. */
export interface MLPConvOptions extends Omit<ConvOptions, "activation"> {
  /** Behind each convolution, a function or its name; "relu" unless given. */
  readonly activation?: ActivationName | ActivationFunction;
}

const table: OptionTable<MLPConvOptions> = {
  ...convTable(2),
  activation: option(ranges.functionOrName<ActivationName | ActivationFunction>(), "relu"),
};
/** One number, or a list that is not empty. */
const channelsRange: ValueRange<number | readonly number[]> = {
  ...ranges.orListOf(ranges.extent),
  has: (value): value is number | readonly number[] =>
    Array.isArray(value) ? value.length > 0 && value.every(ranges.extent.has) : ranges.extent.has(value),
};

/**
 * The block of Network in Network: a convolution and 1×1 convolutions behind it, each with an activation, which are a small
 * multilayer perceptron that slides over the image: `f(W₃·f(W₂·f(W₁ ∗ x + b₁) + b₂) + b₃)`.
 *
 * @param inChannels channels of the input, `[N, inChannels, H, W]`
 * @param channels of the output of each convolution, the first being the one with a window; a number makes it and two 1×1 ones
 * @param size extents of the window
 * @see Lin, Chen and Yan 2013, https://arxiv.org/abs/1312.4400
 * @example
 * const block = new MLPConv(3, [192, 160, 96], 5, { padding: 2 });
 * block.forward(randn([2, 3, 8, 8])).shape; // => [2, 96, 8, 8]
 * block.convs.map((conv) => conv.weight.shape); // => [[192, 3, 5, 5], [160, 192, 1, 1], [96, 160, 1, 1]]
 */
export class MLPConv extends ConfiguredModule<MLPConvOptions> {
  static override readonly name: string = "MLPConv";
  /** The convolution, then the 1×1 ones. */
  readonly convs: readonly Conv2d[];

  constructor(inChannels: number, channels: number | readonly number[], size: PerAxis, options: MLPConvOptions = {}) {
    super(options, table, [inChannels, formatValue(channels), `size=${formatValue(size)}`]);
    expectValue("MLPConv", "inChannels", inChannels, ranges.extent);
    expectValue("MLPConv", "channels", channels, channelsRange);
    expectValue("MLPConv", "size", size, perAxis(2, ranges.count));
    const ofOne = { ...this.options, stride: 1, padding: 0, dilation: 1, groups: 1, paddingMode: "zeros" } as const;
    const outputs = typeof channels === "number" ? [channels, channels, channels] : channels;
    this.convs = outputs.map((out, i) =>
      i === 0 ? new Conv2d(inChannels, out, size, this.options) : new Conv2d(outputs[i - 1]!, out, 1, ofOne),
    );
  }

  /** @param x `[N, inChannels, H, W]`, or `[inChannels, H, W]` for one sample */
  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("MLPConv.forward", none);
    expectTensor("MLPConv.forward", "x", x);
    return this.convs.reduce((y, conv) => conv.forward(y), x);
  }
}
