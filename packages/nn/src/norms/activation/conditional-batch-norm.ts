import type { Tensor } from "@tapegrad/tensor";
import {
  expectNothing,
  expectTensor,
  expectValue,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import type { Dense } from "../../dense/dense.ts";
import { checkVectors } from "../../module/check-vector.ts";
import { ChannelNorm, normalizeChannels } from "../channel-norm.ts";
import { affineChannels, channelAxes, checkChannels } from "../channels.ts";
import { modulate, modulationLayer, type ModulationOptions, modulationTable } from "../modulation.ts";
import { batches, type GivenFacts } from "../norm-facts.ts";
import type { NormRules } from "../affine.ts";
import { fused, plain, type Standardize } from "../standardized.ts";
import {
  type BatchFamilyArguments,
  batchFamilyArguments,
  type BatchFamilyOptions,
  batchFamilyTable,
} from "./batch-norm.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "ConditionalBatchNorm(features, conditions)",
  axes: "every channel over the batch and all positions, with a gain and shift that a condition says",
  formula: "y = γ(c) · (x − μ) / √(σ² + ε) + β(c)",
  parameters: "weight `[2 · features, conditions]` and bias that make γ − 1 and β of the condition",
  state: "running mean and variance",
  paper: { title: "de Vries et al. 2017", link: "https://arxiv.org/abs/1707.00683" },
  invariances: batches,
  centred: true,
  evaluation: "by its state",
};

/** Options of {@link conditionalBatchNorm}: those of `batchNorm`, but γ and β are `[N, C]`. */
export interface ConditionalBatchNormArguments extends BatchFamilyArguments {}

/** Options of {@link ConditionalBatchNorm}. */
export interface ConditionalBatchNormOptions
  extends Omit<BatchFamilyOptions, "affine" | keyof NormRules>, ModulationOptions {}

const { eps, momentum, trackRunningStats, runningVariance } = batchFamilyTable;
const table: OptionTable<ConditionalBatchNormOptions> = {
  ...{ eps, momentum, trackRunningStats, runningVariance },
  ...modulationTable,
};

const conditionalBatchNormBy =
  (standardize: Standardize) =>
  (x: Tensor, options: ConditionalBatchNormArguments = {}): Tensor => {
    const fn = "conditionalBatchNorm";
    const { weight, bias, ...settled } = settleOptions(fn, options, batchFamilyArguments);
    expectTensor(fn, "x", x);
    checkVectors(fn, x.shape.slice(0, 2), { weight, bias });
    const normalized = normalizeChannels(fn, x, channelAxes(x), settled, standardize, "value per channel");
    return affineChannels(normalized, weight, bias);
  };

/**
 * Conditional batch normalization: `batchNorm` with a gain and a shift for each sample, which come of a condition.
 *
 * `y = γ(c) · (x − μ) / √(σ² + ε) + β(c)`, with the statistics of `batchNorm`.
 * Backward in training: `dx = r · (g − ⟨g⟩ − x̂·⟨g·x̂⟩)`, in evaluation `dx = r · g`, with `g = γ·dy`; `dγ = Σ dy·x̂` and
 * `dβ = Σ dy` over the positions.
 *
 * @param x `[N, C, ...]`; integers become float32, statistics are computed in float64
 * @throws {ShapeError} when training on one value per channel, or when the channels do not fit
 * @throws {ValueError} when `training` is false and there are no running statistics
 * @see de Vries et al. 2017, https://arxiv.org/abs/1707.00683
 * @example
 * const weight = tensor([[1, 1], [1, 10]]);
 * conditionalBatchNorm(tensor([[1, 5], [3, 9]]), { weight, eps: 0 }).toArray(); // => [[-1, -1], [1, 10]]
 */
export const conditionalBatchNorm: (x: Tensor, options?: ConditionalBatchNormArguments) => Tensor =
  conditionalBatchNormBy(fused);

/** {@link conditionalBatchNorm} in elementary operations. */
export const plainConditionalBatchNorm: typeof conditionalBatchNorm = conditionalBatchNormBy(plain);

/**
 * {@link conditionalBatchNorm} as a layer: a Dense layer makes γ and β of a condition, such as the one-hot label of a
 * class. It gives γ − 1, and is BatchNorm at first, unless `init` is given.
 *
 * @example
 * const norm = new ConditionalBatchNorm(2, 3);
 * norm.forward(randn([4, 2, 8, 8]), randn([4, 3])).shape; // => [4, 2, 8, 8]
 * norm.modulation.weight.shape; // => [4, 3]
 */
export class ConditionalBatchNorm extends ChannelNorm<ConditionalBatchNormOptions, [x: Tensor, condition: Tensor]> {
  static override readonly name: string = "ConditionalBatchNorm";
  /** What makes γ − 1 and β, side by side, of a condition. */
  readonly modulation: Dense;

  /** @param conditions extent of a condition */
  constructor(features: number, conditions: number, options: ConditionalBatchNormOptions = {}) {
    super(features, options, table, [conditions]);
    expectValue(new.target.name, "conditions", conditions, ranges.extent);
    this.modulation = modulationLayer(conditions, 2 * features, this.options);
  }

  /**
   * @param x `[N, features, ...]`
   * @param condition `[N, conditions]`
   */
  override forward(x: Tensor, condition: Tensor, ...none: []): Tensor {
    expectNothing("ConditionalBatchNorm.forward", none);
    checkChannels("conditionalBatchNorm", x, this.features);
    const { runningVariance } = this.options;
    return conditionalBatchNorm(x, { ...this.given, ...modulate(this.modulation, condition), runningVariance });
  }
}
