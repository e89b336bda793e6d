import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, expectValue, formatValue, option, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { Sequential } from "../containers/sequential.ts";
import type { Conv2d } from "../convolution/conv.ts";
import { Dense } from "../dense/dense.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import type { Member } from "../module/module-node.ts";
import type { Module } from "../module/module.ts";
import { globalAvgPool } from "../pooling/global-pool.ts";
import { BasicBlock, type ResidualOptions, residualTable } from "./basic-block.ts";
import { blockCounts, checkImages, numbered, partsOf } from "./network-options.ts";

/** Options of {@link ResNet}. */
export interface ResNetOptions extends ResidualOptions {
  /** Channels of the first stage, 16 unless given; every further one has twice as many as the one before. */
  readonly channels?: number;
}

const table: OptionTable<ResNetOptions> = { channels: option(ranges.extent, 16), ...residualTable };

/**
 * A residual network for small images: a 3×3 convolution, stages of `BasicBlock`, the mean of every channel and a dense
 * layer. From the second stage on, the first block halves the extents and doubles the channels. With n blocks in each of
 * three stages it has 6n + 2 layers; `[3, 3, 3]` is ResNet-20 of the paper, which has `shortcut: "padding"`.
 *
 * Keys of the state are those of torchvision: `layer1.0.conv1.weight`, `layer2.0.downsample.0.weight`, `fc.weight`.
 *
 * @param inChannels of the images, `[N, inChannels, H, W]`
 * @param classes how many numbers it gives for each
 * @param blocks how many there are in each stage
 * @see He et al. 2015, https://arxiv.org/abs/1512.03385; `preActivation`: He et al. 2016, https://arxiv.org/abs/1603.05027
 * @example
 * const net = new ResNet(3, 10, [1, 1, 1], { norm: (channels) => new GroupNorm(4, channels) });
 * net.forward(randn([2, 3, 16, 16])).shape; // => [2, 10]
 * countParameters(new ResNet(3, 10, [3, 3, 3], { shortcut: "padding" })).trainable; // => 269722
 */
export class ResNet extends ConfiguredModule<ResNetOptions> {
  static override readonly name: string = "ResNet";
  /** Channels of the images. */
  readonly inChannels: number;
  /** The first convolution. */
  readonly conv1: Conv2d;
  /** Behind `conv1`, or behind the last block if `preActivation`. */
  readonly bn1: Module;
  /** `layer1`, `layer2`, ...: each is a Sequential of blocks. */
  readonly stages: readonly Sequential[];
  /** From the channels of the last stage to the classes. */
  readonly fc: Dense;

  constructor(inChannels: number, classes: number, blocks: readonly number[], options: ResNetOptions = {}) {
    super(options, table, [inChannels, classes, formatValue(blocks)]);
    const fn = new.target.name;
    expectValue(fn, "inChannels", inChannels, ranges.extent);
    expectValue(fn, "classes", classes, ranges.extent);
    expectValue(fn, "blocks", blocks, blockCounts);
    const { channels, ...ofBlocks } = this.options;
    const { generator, dtype } = ofBlocks;
    const { conv, norm } = partsOf(fn, "fanOut", this.options);
    const widths = blocks.map((_, stage) => channels * 2 ** stage);
    const last = widths.at(-1)!;
    this.inChannels = inChannels;
    this.conv1 = conv(inChannels, channels, 3);
    this.bn1 = norm(ofBlocks.preActivation ? last : channels);
    this.stages = blocks.map((count, stage) => {
      const width = widths[stage]!;
      const block = (_: unknown, i: number): BasicBlock =>
        i === 0 && stage > 0
          ? new BasicBlock(widths[stage - 1]!, width, { ...ofBlocks, stride: 2 })
          : new BasicBlock(width, width, ofBlocks);
      return new Sequential(...Array.from({ length: count }, block));
    });
    this.fc = new Dense(last, classes, { generator, dtype });
  }

  /** @param x `[N, inChannels, H, W]` */
  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("ResNet.forward", none);
    checkImages("ResNet", x, this.inChannels);
    const { preActivation } = this.options;
    const normed = (y: Tensor): Tensor => this.bn1.forward(y).relu();
    const first = this.conv1.forward(x);
    const last = this.stages.reduce((y, stage) => stage.forward(y), preActivation ? first : normed(first));
    return this.fc.forward(globalAvgPool(preActivation ? normed(last) : last));
  }

  override *members(): Generator<Member> {
    yield* numbered(super.members(), "stages", "layer");
  }
}
