import { ShapeError, type Tensor } from "@tapegrad/tensor";
import {
  asFloat,
  expectNothing,
  expectOptionalTensor,
  expectValue,
  formatShape,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { ConfiguredModule } from "../../module/configured-module.ts";
import { type MaskOption, maskRow } from "../../module/expect-mask.ts";
import type { Parameter } from "../../module/parameter.ts";
import type { OptionsOf } from "../../module/options-of.ts";
import { affineParameters, type NormArguments, normArguments, type NormOptions, normOptions } from "../affine.ts";
import { channelsOfSamples, type SampleAxes, sampleAxesRows } from "../channel-axes.ts";
import { affineAlong, checkGroups, otherAxes } from "../channels.ts";
import { alignMask, standardizeBy } from "../masked.ts";
import { checkVectors } from "../../module/check-vector.ts";
import { fused, plain, type Standardize } from "../standardized.ts";
import { centredRows, type GivenFacts } from "../norm-facts.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "GroupNorm(groups, channels)",
  axes: "every sample over groups of channels and all positions",
  formula: "y = γ · (x − μ) / √(σ² + ε) + β",
  parameters: "γ, β of `[channels]`",
  paper: { title: "Wu and He 2018", link: "https://arxiv.org/abs/1803.08494" },
  invariances: centredRows,
  centred: true,
};

/** Where the channels of {@link groupNorm} are. */
export interface GroupAxes extends Pick<SampleAxes, "batched"> {
  /** The axis of the channels, from the end if negative; 1 unless given, and 0 of one sample alone. */
  readonly axis?: number | undefined;
}

/** Options of {@link groupNorm}. */
export interface GroupNormArguments extends NormArguments, GroupAxes, MaskOption {}

/** Options of {@link GroupNorm}. */
export interface GroupNormOptions extends NormOptions, GroupAxes {}

const groupAxes: OptionTable<GroupAxes> = { ...sampleAxesRows, axis: optional(ranges.integer) };
const argumentTable: OptionTable<GroupNormArguments> = { ...normArguments, ...groupAxes, ...maskRow };
const table: OptionTable<GroupNormOptions> = { ...normOptions, ...groupAxes };

/** `t` with its channels in groups of neighbours, on an axis of groups and one behind it; extent 1 stays 1. */
function inGroups(t: Tensor, axis: number, groups: number): Tensor {
  const channels = t.shape[axis]!;
  const split = channels === 1 ? [1, 1] : [groups, channels / groups];
  return t.reshape(t.shape.toSpliced(axis, 1, ...split));
}

const groupNormBy =
  (standardize: Standardize) =>
  (x: Tensor, groups: number, options: GroupNormArguments = {}): Tensor => {
    const fn = "groupNorm";
    const { weight, bias, eps, mask, ...place } = settleOptions(fn, options, argumentTable);
    const affine = weight ?? bias;
    const { axes, extents } = channelsOfSamples(fn, x, place, affine && [affine.size]);
    const [axis, channels] = [axes[0]!, extents[0]!];
    checkVectors(fn, extents, { weight, bias });
    checkGroups(fn, groups, channels);
    if (x.size === groups) {
      throw new ShapeError(
        `${fn}: expected more than 1 value per group, got input of shape ${formatShape(x.shape)} and ${groups} groups.`,
      );
    }
    const counted = mask && inGroups(alignMask(fn, mask, x, axes), axis, groups);
    const values = inGroups(asFloat(x), axis, groups);
    const over = otherAxes(values, place.batched ? [0, axis] : [axis]);
    const [normalized] = standardizeBy(standardize, counted)(values, { axes: over, eps, center: true });
    return affineAlong(normalized.reshape(x.shape), weight, bias, axes);
  };

/**
 * Group normalization: standardizes every sample over each of `groups` runs of neighbouring channels and all
 * their positions, in training and evaluation alike.
 *
 * `y = γ · (x − μ) / √(σ² + ε) + β`, with mean μ and biased variance σ² of the group, γ and β per channel.
 * Backward: `dx = r · (g − ⟨g⟩ − x̂·⟨g·x̂⟩)` with `g = γ·dy` and `r = 1/√(σ² + ε)`.
 * One group is LayerNorm over all but the batch (apart from the shape of γ), one per channel is InstanceNorm.
 * With a mask μ and σ² are those of the values at which it is true; all are normalized, and a group in which nothing
 * counts is 0.
 *
 * @param x `[N, C, ...]`, or with its channels along `axis`, or `[C, ...]` with `batched: false`; integers become float32,
 * statistics are computed in float64
 * @param groups number of groups, a divisor of C
 * @param options `mask` is bool, `[N, ...]` without the channels, or with the axes of `x`, each of its extent or 1
 * @throws {ShapeError} when the channels or the mask do not fit, or for a single sample of one value per group
 * @throws {DTypeError} for a mask that is not bool
 * @see Wu and He 2018, https://arxiv.org/abs/1803.08494
 * @example
 * groupNorm(tensor([[1, 3, 10, 30]]), 2, { eps: 0 }).toArray(); // => [[-1, 1, -1, 1]]
 * new GroupNorm(2, 4, { eps: 0 }).forward(tensor([[1, 3, 10, 30]])).toArray(); // => [[-1, 1, -1, 1]]
 * groupNorm(tensor([1, 3, 10, 30]), 2, { eps: 0, batched: false }).toArray(); // => [-1, 1, -1, 1]
 * new GroupNorm(4, 8, { axis: -1 }).forward(randn([2, 6, 6, 8])).shape; // => [2, 6, 6, 8]
 */
export const groupNorm: (x: Tensor, groups: number, options?: GroupNormArguments & OptionsOf<"GroupNorm">) => Tensor =
  groupNormBy(fused);

/** {@link groupNorm} in elementary operations. */
export const plainGroupNorm: typeof groupNorm = groupNormBy(plain);

/** {@link groupNorm} as a layer with γ and β per channel; the mask comes with the input. */
export class GroupNorm extends ConfiguredModule<GroupNormOptions, [x: Tensor, mask?: Tensor | undefined]> {
  static override readonly name: string = "GroupNorm";
  /** How many groups the channels are divided into. */
  readonly groups: number;
  /** Channels of the input. */
  readonly channels: number;
  /** γ, `[channels]` */
  weight: Parameter | undefined;
  /** β, `[channels]` */
  bias: Parameter | undefined;

  constructor(groups: number, channels: number, options: GroupNormOptions & OptionsOf<"GroupNorm"> = {}) {
    super(options, table, [groups, channels]);
    expectValue(new.target.name, "channels", channels, ranges.extent);
    checkGroups(new.target.name, groups, channels);
    this.groups = groups;
    this.channels = channels;
    ({ weight: this.weight, bias: this.bias } = affineParameters(new.target.name, [channels], this.options));
  }

  /** Added to the variance inside the root, in units of x²; it may be set. */
  get eps(): number {
    return this.options.eps;
  }

  set eps(eps: number) {
    this.setOption("eps", eps);
  }

  /**
   * @param x `[N, channels, ...]`, or as `axis` and `batched` say
   * @param mask which values count, bool: `[N, ...]` without the channels, or with the axes of `x`; all unless given
   */
  override forward(x: Tensor, mask?: Tensor, ...none: []): Tensor {
    expectNothing("GroupNorm.forward", none);
    expectOptionalTensor("GroupNorm.forward", "mask", mask);
    const { axis, batched } = this.options;
    channelsOfSamples("groupNorm", x, { axis, batched }, [this.channels]);
    return groupNorm(x, this.groups, { weight: this.weight, bias: this.bias, eps: this.eps, axis, batched, mask });
  }
}
