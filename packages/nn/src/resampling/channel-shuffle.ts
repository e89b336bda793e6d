import { ShapeError, type Tensor } from "@tapegrad/tensor";
import { expectNothing, expectTensor, expectValue, formatShape, ranges } from "@tapegrad/tensor/internal";
import { Module } from "../module/module.ts";

/**
 * Deals the channels of groups out in turn, so that the next grouped convolution sees some of each: with n channels in each
 * of g groups, `y[j·g + i] = x[i·n + j]`.
 *
 * @param x `[N, C, ...]`
 * @param groups g
 * @throws {ShapeError} when the channels are not a multiple of the groups
 * @see Zhang et al. 2018, https://arxiv.org/abs/1707.01083
 * @example
 * channelShuffle(tensor([[1, 2, 3, 4, 5, 6]]), 2).toArray(); // => [[1, 4, 2, 5, 3, 6]]
 * new ChannelShuffle(2).forward(randn([8, 4, 7, 7])).shape; // => [8, 4, 7, 7]
 */
export function channelShuffle(x: Tensor, groups: number, ...none: []): Tensor {
  expectNothing("channelShuffle", none);
  expectTensor("channelShuffle", "x", x);
  expectValue("channelShuffle", "groups", groups, ranges.count);
  const [samples, channels, ...rest] = x.shape;
  if (samples === undefined || channels === undefined || channels % groups !== 0) {
    throw new ShapeError(
      `channelShuffle: expected input [N, C, ...] of channels divisible by ${groups} groups, got shape ${formatShape(x.shape)}.`,
    );
  }
  const apart = x.reshape([samples, groups, channels / groups, ...rest]);
  return apart.transpose(1, 2).reshape(x.shape);
}

/** {@link channelShuffle} as a layer. */
export class ChannelShuffle extends Module {
  static override readonly name: string = "ChannelShuffle";
  /** Number of groups. */
  readonly groups: number;

  constructor(groups: number, ...none: []) {
    super(...none);
    expectValue("ChannelShuffle", "groups", groups, ranges.count);
    this.groups = groups;
  }

  override forward(x: Tensor, ...none: []): Tensor {
    return channelShuffle(x, this.groups, ...none);
  }

  override details(): string {
    return String(this.groups);
  }
}
