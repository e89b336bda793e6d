import { cat, type Tensor } from "@tapegrad/tensor";
import { expectNothing, expectValue, option, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import type { Conv2d } from "../convolution/conv.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import { Module } from "../module/module.ts";
import type { Member } from "../module/module-node.ts";
import { checkImages, type NetworkOptions, networkTable, numbered, type Parts, partsOf } from "./network-options.ts";

/** Options of {@link DenseBlock}. */
export interface DenseBlockOptions extends NetworkOptions {
  /** Channels that every layer adds; 12 unless given. */
  readonly growthRate?: number;
  /** Whether a 1×1 convolution to `4·growthRate` channels stands in front of each 3×3 one; true unless given. */
  readonly bottleneck?: boolean;
}

/** {@link DenseBlockOptions}, row by row. */
export const denseBlockTable: OptionTable<DenseBlockOptions> = {
  growthRate: option(ranges.extent, 12),
  bottleneck: option(ranges.flag, true),
  ...networkTable,
};

/** Norm, activation and convolution, twice with a bottleneck. */
class DenseBlockLayer extends Module {
  static override readonly name: string = "DenseBlockLayer";
  readonly norm1: Module;
  readonly conv1: Conv2d;
  readonly norm2: Module | undefined;
  readonly conv2: Conv2d | undefined;

  constructor(inChannels: number, growthRate: number, bottleneck: boolean, { conv, norm }: Parts) {
    super();
    const between = 4 * growthRate;
    this.norm1 = norm(inChannels);
    this.conv1 = bottleneck ? conv(inChannels, between, 1) : conv(inChannels, growthRate, 3);
    if (bottleneck) [this.norm2, this.conv2] = [norm(between), conv(between, growthRate, 3)];
  }

  override forward(x: Tensor): Tensor {
    const y = this.conv1.forward(this.norm1.forward(x).relu());
    return this.conv2 === undefined ? y : this.conv2.forward(this.norm2!.forward(y).relu());
  }
}

/**
 * Layers of which each sees the channels of the input and of all layers before it, and adds `growthRate` of its own:
 * `xₗ = Hₗ([x₀, x₁, ..., xₗ₋₁])`, where H is norm → relu → 3×3 convolution, behind norm → relu → 1×1 convolution if
 * `bottleneck`.
 *
 * @param inChannels of the input, `[N, inChannels, H, W]`
 * @param count number of layers; the output is `[N, inChannels + count·growthRate, H, W]`
 * @see Huang et al. 2016, https://arxiv.org/abs/1608.06993
 * @example
 * const block = new DenseBlock(8, 3, { growthRate: 4 });
 * block.forward(randn([2, 8, 5, 5])).shape; // => [2, 20, 5, 5]
 * Object.keys(block.stateDict())[0]; // => "denselayer1.norm1.weight"
 */
export class DenseBlock extends ConfiguredModule<DenseBlockOptions> {
  static override readonly name: string = "DenseBlock";
  /** Channels of the input. */
  readonly inChannels: number;
  /** Channels of the output. */
  readonly outChannels: number;
  /** `denselayer1`, `denselayer2`, ... */
  readonly layers: readonly Module[];

  constructor(inChannels: number, count: number, options: DenseBlockOptions = {}) {
    super(options, denseBlockTable, [inChannels, count]);
    expectValue("DenseBlock", "inChannels", inChannels, ranges.extent);
    expectValue("DenseBlock", "count", count, ranges.count);
    const { growthRate, bottleneck } = this.options;
    const parts = partsOf("DenseBlock", "fanIn", this.options);
    this.inChannels = inChannels;
    this.outChannels = inChannels + count * growthRate;
    this.layers = Array.from(
      { length: count },
      (_, i) => new DenseBlockLayer(inChannels + i * growthRate, growthRate, bottleneck, parts),
    );
  }

  /** @param x `[N, inChannels, H, W]` */
  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("DenseBlock.forward", none);
    checkImages("DenseBlock", x, this.inChannels);
    return this.layers.reduce((all, layer) => cat([all, layer.forward(all)], 1), x);
  }

  override *members(): Generator<Member> {
    yield* numbered(super.members(), "layers", "denselayer");
  }
}
