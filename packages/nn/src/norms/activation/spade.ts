import { chunk, ShapeError, type Tensor } from "@tapegrad/tensor";
import {
  expectNothing,
  expectTensor,
  expectValue,
  formatShape,
  option,
  type OptionTable,
  ranges,
  sameShape,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { Conv2d } from "../../convolution/conv.ts";
import { checkVectors } from "../../module/check-vector.ts";
import { applyAffine, type NormRules } from "../affine.ts";
import { ChannelNorm, normalizeChannels } from "../channel-norm.ts";
import { channelAxes, checkChannels, checkPositions, positionAxes } from "../channels.ts";
import { type ModulationOptions, modulationTable } from "../modulation.ts";
import { batches, type GivenFacts } from "../norm-facts.ts";
import { fused, plain, type Standardize } from "../standardized.ts";
import {
  type BatchFamilyArguments,
  batchFamilyArguments,
  type BatchFamilyOptions,
  batchFamilyTable,
} from "./batch-norm.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "SPADE(features, mapChannels)",
  axes: "every channel over the batch and all positions, or those of its sample, with a gain and shift for each position that a map says",
  formula: "y = γ(m) · (x − μ) / √(σ² + ε) + β(m)",
  parameters: "two convolutions that make γ − 1 and β of the map",
  state: "running mean and variance",
  paper: { title: "Park et al. 2019", link: "https://arxiv.org/abs/1903.07291" },
  invariances: batches,
  centred: true,
  evaluation: "by its state",
};

/** Whose statistics are taken. */
export interface StatisticsOption {
  /** Whether a channel is standardized over the batch and all positions, unless given, or over those of each sample: layers then keep no running statistics. */
  readonly statistics?: "batch" | "instance";
}

/** Options of {@link spade}: those of `batchNorm`, but γ and β have the shape of x. */
export interface SPADEArguments extends BatchFamilyArguments, StatisticsOption {}

/** Options of {@link SPADE}. */
export interface SPADEOptions
  extends
    Omit<BatchFamilyOptions, "affine" | "trackRunningStats" | keyof NormRules>,
    ModulationOptions,
    StatisticsOption {
  /** Channels between both convolutions; 128 unless given. */
  readonly hiddenChannels?: number;
  /** Extent of the filters of both, an odd number; 3 unless given. */
  readonly size?: number;
}

const statistics = option(ranges.oneOf("batch", "instance"), "batch");
const argumentTable: OptionTable<SPADEArguments> = { ...batchFamilyArguments, statistics };
const { eps, momentum, runningVariance } = batchFamilyTable;
const table: OptionTable<SPADEOptions> = {
  ...{ eps, momentum, statistics, runningVariance },
  hiddenChannels: option(ranges.extent, 128),
  size: option(ranges.count, 3),
  ...modulationTable,
};

const spadeBy =
  (standardize: Standardize) =>
  (x: Tensor, options: SPADEArguments = {}): Tensor => {
    const fn = "spade";
    const { weight, bias, statistics, ...settled } = settleOptions(fn, options, argumentTable);
    checkPositions(fn, x);
    checkVectors(fn, x.shape, { weight, bias });
    const [axes, values] =
      statistics === "batch"
        ? ([channelAxes(x), "value per channel"] as const)
        : ([positionAxes(x), "position"] as const);
    return applyAffine(normalizeChannels(fn, x, axes, settled, standardize, values), weight, bias);
  };

/**
 * Spatially-adaptive normalization (SPADE): `batchNorm`, or `instanceNorm`, with a gain and a shift for each channel at each
 * position, which come of a map such as the segmentation of the image.
 *
 * `y = γ(m) · (x − μ) / √(σ² + ε) + β(m)`.
 * Backward in training: `dx = r · (g − ⟨g⟩ − x̂·⟨g·x̂⟩)`, by running statistics `dx = r · g`, with `g = γ·dy`; `dγ = dy·x̂` and `dβ = dy`.
 *
 * @param x `[N, C, ...positions]`; integers become float32, statistics are computed in float64
 * @throws {ShapeError} when training on one value per channel, or unless γ and β have the shape of x
 * @throws {ValueError} when `training` is false and there are no running statistics
 * @see Park et al. 2019, https://arxiv.org/abs/1903.07291
 * @example
 * const weight = tensor([[[1, 10]], [[1, 10]]]);
 * spade(tensor([[[1, 1]], [[3, 3]]]), { weight, eps: 0 }).toArray(); // => [[[-1, -10]], [[1, 10]]]
 */
export const spade: (x: Tensor, options?: SPADEArguments) => Tensor = spadeBy(fused);

/** {@link spade} in elementary operations. */
export const plainSpade: typeof spade = spadeBy(plain);

/**
 * {@link spade} as a layer of images: a convolution with `relu` and another one make γ and β of a map. They give γ − 1, and
 * the layer is the norm alone at first, unless `init` is given. Maps have the positions of x: bring them to these before.
 *
 * @example
 * const norm = new SPADE(8, 3, { hiddenChannels: 16 });
 * norm.forward(randn([2, 8, 6, 6]), rand([2, 3, 6, 6])).shape; // => [2, 8, 6, 6]
 */
export class SPADE extends ChannelNorm<SPADEOptions, [x: Tensor, map: Tensor]> {
  static override readonly name: string = "SPADE";
  /** What looks at the map. */
  readonly shared: Conv2d;
  /** What makes γ − 1 and β, side by side, of that. */
  readonly modulation: Conv2d;

  /** @param mapChannels channels of a map */
  constructor(features: number, mapChannels: number, options: SPADEOptions = {}) {
    super(features, options, table, [mapChannels], ({ statistics }) => statistics !== "instance");
    expectValue(new.target.name, "mapChannels", mapChannels, ranges.extent);
    const { hiddenChannels, size, init, generator, dtype } = this.options;
    const same = { padding: "same", generator, dtype } as const;
    this.shared = new Conv2d(mapChannels, hiddenChannels, size, { ...same, activation: "relu" });
    this.modulation = new Conv2d(hiddenChannels, 2 * features, size, { ...same, init, biasInit: "zeros" });
  }

  /**
   * @param x `[N, features, H, W]`
   * @param map `[N, mapChannels, H, W]`
   */
  override forward(x: Tensor, map: Tensor, ...none: []): Tensor {
    const fn = "spade";
    expectNothing("SPADE.forward", none);
    checkChannels(fn, x, this.features);
    expectTensor(fn, "map", map);
    const [samples, , ...positions] = x.shape;
    const { inChannels } = this.shared;
    if (x.ndim !== 4 || !sameShape(map.shape, [samples!, inChannels, ...positions])) {
      throw new ShapeError(
        `${fn}: expected input of shape [N, ${this.features}, H, W] and a map of shape [N, ${inChannels}, H, W], got ${formatShape(x.shape)} and ${formatShape(map.shape)}.`,
      );
    }
    const [change, bias] = chunk(this.modulation.forward(this.shared.forward(map)), 2, 1) as [Tensor, Tensor];
    const { statistics, runningVariance } = this.options;
    return spade(x, { ...this.given, weight: change.add(1), bias, statistics, runningVariance });
  }
}
