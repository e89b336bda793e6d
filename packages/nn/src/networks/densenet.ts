import type { Tensor } from "@tapegrad/tensor";
import {
  expectNothing,
  expectValue,
  formatValue,
  option,
  optional,
  type OptionTable,
  ranges,
} from "@tapegrad/tensor/internal";
import type { Conv2d } from "../convolution/conv.ts";
import { Dense } from "../dense/dense.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import { Module } from "../module/module.ts";
import { avgPool2d } from "../pooling/avg-pool.ts";
import { globalAvgPool } from "../pooling/global-pool.ts";
import { DenseBlock, type DenseBlockOptions, denseBlockTable } from "./dense-block.ts";
import { blockCounts, checkImages, type Parts, partsOf } from "./network-options.ts";

/** Options of {@link DenseNet}. */
export interface DenseNetOptions extends DenseBlockOptions {
  /** Channels of the first convolution; `2·growthRate` unless given. */
  readonly channels?: number | undefined;
  /** What part of the channels a transition keeps, rounded down; 0.5 unless given. */
  readonly compression?: number;
}

const table: OptionTable<DenseNetOptions> = {
  channels: optional(ranges.extent),
  compression: option(ranges.portion, 0.5),
  ...denseBlockTable,
};

/** Between dense blocks: norm → relu → 1×1 convolution → mean of every 2×2 positions. */
class Transition extends Module {
  static override readonly name: string = "Transition";
  readonly norm: Module;
  readonly conv: Conv2d;

  constructor(inChannels: number, outChannels: number, { conv, norm }: Parts) {
    super();
    this.norm = norm(inChannels);
    this.conv = conv(inChannels, outChannels, 1);
  }

  override forward(x: Tensor): Tensor {
    return avgPool2d(this.conv.forward(this.norm.forward(x).relu()), 2);
  }
}

/**
 * A densely connected network for small images: a 3×3 convolution, blocks (`DenseBlock`) with transitions in between
 * that halve the extents and compress the channels, a norm, the mean of every channel and a dense layer.
 * `[16, 16, 16]` is DenseNet-BC-100 of the paper with k = 12; `{ bottleneck: false, compression: 1, channels: 16 }` is the
 * plain one.
 *
 * Keys of the state are those of torchvision: `features.denseblock1.denselayer1.norm1.weight`, `features.transition1.conv.weight`,
 * `features.norm5.weight` for the last norm whatever the number of blocks, `classifier.weight`.
 *
 * @param inChannels of the images, `[N, inChannels, H, W]`
 * @param classes how many numbers it gives for each
 * @param blocks how many layers there are in each block
 * @see Huang et al. 2016, https://arxiv.org/abs/1608.06993
 * @example
 * const net = new DenseNet(3, 10, [2, 2], { growthRate: 4 });
 * net.forward(randn([2, 3, 8, 8])).shape; // => [2, 10]
 * Object.keys(net.features); // => ["conv0", "denseblock1", "transition1", "denseblock2", "norm5"]
 * countParameters(new DenseNet(3, 10, [16, 16, 16])).trainable; // => 769162
 */
export class DenseNet extends ConfiguredModule<DenseNetOptions> {
  static override readonly name: string = "DenseNet";
  /** Channels of the images. */
  readonly inChannels: number;
  /** All but the last layer, in order: `conv0`, `denseblock1`, `transition1`, ..., `norm5`. */
  readonly features: Readonly<Record<string, Module>>;
  /** From the channels of the last block to the classes. */
  readonly classifier: Dense;

  constructor(inChannels: number, classes: number, blocks: readonly number[], options: DenseNetOptions = {}) {
    super(options, table, [inChannels, classes, formatValue(blocks)]);
    const fn = new.target.name;
    expectValue(fn, "inChannels", inChannels, ranges.extent);
    expectValue(fn, "classes", classes, ranges.extent);
    expectValue(fn, "blocks", blocks, blockCounts);
    const { channels: first, compression, ...ofBlocks } = this.options;
    const { growthRate, generator, dtype } = ofBlocks;
    const parts = partsOf(fn, "fanIn", this.options);
    let channels = first ?? 2 * growthRate;
    const features: Record<string, Module> = { conv0: parts.conv(inChannels, channels, 3) };
    for (const [i, count] of blocks.entries()) {
      if (i > 0) {
        const kept = Math.max(1, Math.floor(channels * compression));
        features[`transition${i}`] = new Transition(channels, kept, parts);
        channels = kept;
      }
      const block = new DenseBlock(channels, count, ofBlocks);
      features[`denseblock${i + 1}`] = block;
      channels = block.outChannels;
    }
    features["norm5"] = parts.norm(channels);
    this.inChannels = inChannels;
    this.features = features;
    this.classifier = new Dense(channels, classes, { biasInit: "zeros", generator, dtype });
  }

  /** @param x `[N, inChannels, H, W]` */
  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("DenseNet.forward", none);
    checkImages("DenseNet", x, this.inChannels);
    const features = Object.values(this.features).reduce((y, part) => part.forward(y), x);
    return this.classifier.forward(globalAvgPool(features.relu()));
  }
}
