import { ShapeError, type Tensor } from "@tapegrad/tensor";
import { expectNothing, expectValue, option, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { Sequential } from "../containers/sequential.ts";
import type { Conv2d } from "../convolution/conv.ts";
import { zeros } from "../init/fill.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import type { Module } from "../module/module.ts";
import { Parameter } from "../module/parameter.ts";
import { checkImages, type NetworkOptions, networkTable, partsOf } from "./network-options.ts";

/** What the residual blocks of a network have in common. */
export interface ResidualOptions extends NetworkOptions {
  /**
   * How the input of a block gets to other extents or more channels: by a 1×1 convolution, or by leaving out positions and
   * adding channels of zeros behind its own, which has no parameters (B and A in the paper). "projection" unless given.
   */
  readonly shortcut?: "projection" | "padding";
  /** Whether norms and activations stand in front of the convolutions, so that nothing follows a sum; false unless given. */
  readonly preActivation?: boolean;
  /**
   * Whether every branch begins at 0: γ of its last norm, or its last filters where no γ is behind them. False unless given.
   */
  readonly zeroInitResidual?: boolean;
}

/** Options of {@link BasicBlock}. */
export interface BasicBlockOptions extends ResidualOptions {
  /** What the extents of images are divided by; 1 unless given. */
  readonly stride?: number;
}

/** {@link ResidualOptions}, row by row. */
export const residualTable: OptionTable<ResidualOptions> = {
  shortcut: option(ranges.oneOf("projection", "padding"), "projection"),
  preActivation: option(ranges.flag, false),
  zeroInitResidual: option(ranges.flag, false),
  ...networkTable,
};

const table: OptionTable<BasicBlockOptions> = { stride: option(ranges.count, 1), ...residualTable };

/**
 * Two 3×3 convolutions with norms, around which the input goes by a shortcut `s`:
 *
 * ```
 * y = relu(s(x) + norm₂(conv₂(relu(norm₁(conv₁(x))))))       unless preActivation
 * y = s(x) + conv₂(relu(norm₂(conv₁(relu(norm₁(x))))))       if preActivation: a projection is one of relu(norm₁(x))
 * ```
 *
 * @param inChannels of the input, `[N, inChannels, H, W]`
 * @param outChannels of the output, `[N, outChannels, ⌈H / stride⌉, ⌈W / stride⌉]`
 * @throws {ShapeError} for fewer channels behind a shortcut by padding
 * @see He et al. 2015, https://arxiv.org/abs/1512.03385; `preActivation`: He et al. 2016, https://arxiv.org/abs/1603.05027;
 * `zeroInitResidual`: Goyal et al. 2017, https://arxiv.org/abs/1706.02677
 * @example
 * const block = new BasicBlock(4, 8, { stride: 2, norm: (channels) => new GroupNorm(2, channels) });
 * block.forward(randn([3, 4, 9, 9])).shape; // => [3, 8, 5, 5]
 * Object.keys(block.stateDict()).slice(0, 3); // => ["conv1.weight", "bn1.weight", "bn1.bias"]
 */
export class BasicBlock extends ConfiguredModule<BasicBlockOptions> {
  static override readonly name: string = "BasicBlock";
  /** Channels of the input. */
  readonly inChannels: number;
  /** Channels of the output. */
  readonly outChannels: number;
  /** The convolution that has the stride. */
  readonly conv1: Conv2d;
  /** Behind `conv1`, or in front of it if `preActivation`. */
  readonly bn1: Module;
  /** The second convolution. */
  readonly conv2: Conv2d;
  /** Behind `conv2`, or in front of it if `preActivation`. */
  readonly bn2: Module;
  /** The projection, with a norm unless `preActivation`; none where the shape stays, and none for a shortcut by padding. */
  readonly downsample: Sequential | undefined;

  constructor(inChannels: number, outChannels: number, options: BasicBlockOptions = {}) {
    super(options, table, [inChannels, outChannels]);
    const fn = new.target.name;
    expectValue(fn, "inChannels", inChannels, ranges.extent);
    expectValue(fn, "outChannels", outChannels, ranges.extent);
    const { stride, shortcut, preActivation, zeroInitResidual } = this.options;
    if (shortcut === "padding" && outChannels < inChannels) {
      throw new ShapeError(
        `${fn}: expected at least ${inChannels} channels behind a shortcut by padding, got ${outChannels}.`,
      );
    }
    const { conv, norm } = partsOf(fn, "fanOut", this.options);
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.conv1 = conv(inChannels, outChannels, 3, stride);
    this.bn1 = norm(preActivation ? inChannels : outChannels);
    this.conv2 = conv(outChannels, outChannels, 3);
    this.bn2 = norm(outChannels);
    if (shortcut === "projection" && (stride !== 1 || inChannels !== outChannels)) {
      const projection = conv(inChannels, outChannels, 1, stride);
      this.downsample = preActivation ? new Sequential(projection) : new Sequential(projection, norm(outChannels));
    }
    if (zeroInitResidual) zeros(lastOf(preActivation ? undefined : this.bn2, this.conv2));
  }

  /** @param x `[N, inChannels, H, W]` */
  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("BasicBlock.forward", none);
    checkImages("BasicBlock", x, this.inChannels);
    const { conv1, bn1, conv2, bn2, downsample, outChannels } = this;
    const { preActivation, stride } = this.options;
    if (preActivation) {
      const active = bn1.forward(x).relu();
      const branch = conv2.forward(bn2.forward(conv1.forward(active)).relu());
      return (downsample?.forward(active) ?? padded(x, outChannels, stride)).add(branch);
    }
    const branch = bn2.forward(conv2.forward(bn1.forward(conv1.forward(x)).relu()));
    return (downsample?.forward(x) ?? padded(x, outChannels, stride)).add(branch).relu();
  }
}

/** Every `stride`-th position of `x`, with channels of zeros behind its own. */
function padded(x: Tensor, channels: number, stride: number): Tensor {
  const taken = stride === 1 ? x : x.slice([], [], [0, undefined, stride], [0, undefined, stride]);
  const more = channels - x.shape[1]!;
  return more === 0 ? taken : taken.pad([[0, 0], [0, more], [0, 0], [0, 0]]); // prettier-ignore
}

/** γ of a norm that ends a branch, or the filters that do. */
function lastOf(norm: Module | undefined, { weight }: Conv2d): Parameter {
  const gamma = norm !== undefined && "weight" in norm ? norm.weight : undefined;
  return gamma instanceof Parameter ? gamma : weight;
}
