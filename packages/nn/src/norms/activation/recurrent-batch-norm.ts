import { full, ShapeError, type Tensor } from "@tapegrad/tensor";
import {
  expectNothing,
  expectTensor,
  formatShape,
  option,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { checkVectors } from "../../module/check-vector.ts";
import type { LazySize } from "../../module/lazy-size.ts";
import { ruledParameter } from "../affine.ts";
import { affineChannels } from "../channels.ts";
import { batches, type GivenFacts } from "../norm-facts.ts";
import { fused, plain, type Standardize } from "../standardized.ts";
import {
  normalizeSets,
  type SetsArguments,
  setsArguments,
  type StatisticsSetsOptions,
  setsOptions,
  StatisticsSets,
} from "../statistics-sets.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "RecurrentBatchNorm(features, steps)",
  axes: "every channel at every time step over the batch and all positions",
  formula: "y = γ · (x_t − μ_t) / √(σ_t² + ε) + β",
  parameters: "γ, β of `[features]`",
  state: "running mean and variance of every time step",
  paper: { title: "Cooijmans et al. 2016", link: "https://arxiv.org/abs/1603.09025" },
  invariances: batches,
  centred: true,
  evaluation: "by its state",
};

/** Options of {@link recurrentBatchNorm}; running statistics are `[steps, C]`. */
export interface RecurrentBatchNormArguments extends SetsArguments {
  /** The time of the first step of `x`; 0 unless given. */
  readonly start?: number;
}

/** Options of {@link RecurrentBatchNorm}. */
export interface RecurrentBatchNormOptions extends StatisticsSetsOptions {
  /** γ at first, 0.1 unless given: with 1 the gradient of a tanh vanishes over many steps. */
  readonly gain?: number;
}

const argumentTable: OptionTable<RecurrentBatchNormArguments> = {
  ...setsArguments,
  start: option(ranges.whole(0), 0),
};
const table: OptionTable<RecurrentBatchNormOptions> = { ...setsOptions, gain: option(ranges.finite, 0.1) };

const recurrentBatchNormBy =
  (standardize: Standardize) =>
  (x: Tensor, options: RecurrentBatchNormArguments = {}): Tensor => {
    const fn = "recurrentBatchNorm";
    const { start, ...settled } = settleOptions(fn, options, argumentTable);
    checkSequence(fn, x, undefined);
    const { weight, bias } = settled;
    checkVectors(fn, [x.shape[2]!], { weight, bias });
    const { normalized } = normalizeSets(fn, x, start, settled, standardize);
    // γ and β stand along axis 2 of x, which is axis 1 of a step.
    const [steps = 0, samples = 0, ...others] = x.shape;
    return affineChannels(normalized.reshape([steps * samples, ...others]), weight, bias).reshape(x.shape);
  };

/** Throws unless `x` is `[T, N, C, ...]`, with `features` channels where that is known. */
function checkSequence(fn: string, x: Tensor, features: number | undefined): void {
  expectTensor(fn, "x", x);
  if (x.ndim < 3 || (features !== undefined && x.shape[2] !== features)) {
    throw new ShapeError(
      `${fn}: expected input of shape [T, N, ${features ?? "C"}, ...], got ${formatShape(x.shape)}.`,
    );
  }
}

/**
 * Recurrent batch normalization: `batchNorm` of every time step by itself, with running statistics for each step, and one
 * γ and β for all.
 *
 * `y = γ · (x_t − μ_t) / √(σ_t² + ε) + β`, in training by the statistics of step t of the batch; in evaluation by the running
 * ones of t, and by the last ones for a step beyond these.
 * Backward in training: `dx = r · (g − ⟨g⟩ − x̂·⟨g·x̂⟩)` over each step, in evaluation `dx = r · g`, with `g = γ·dy`.
 *
 * @param x `[T, N, C, ...]`, the steps from `start` on; integers become float32, statistics are computed in float64
 * @throws {ShapeError} when training on one value per channel or on more steps than there are running statistics, or
 * when the channels do not fit
 * @throws {ValueError} when `training` is false and there are no running statistics
 * @see Cooijmans et al. 2016, https://arxiv.org/abs/1603.09025
 * @example
 * recurrentBatchNorm(tensor([[[1], [3]], [[5], [9]]]), { eps: 0 }).toArray(); // => [[[-1], [1]], [[-1], [1]]]
 * const norm = new RecurrentBatchNorm(4, 10);
 * norm.forward(randn([1, 8, 4]), 3).shape; // => [1, 8, 4]
 */
export const recurrentBatchNorm: (x: Tensor, options?: RecurrentBatchNormArguments) => Tensor =
  recurrentBatchNormBy(fused);

/** {@link recurrentBatchNorm} in elementary operations. */
export const plainRecurrentBatchNorm: typeof recurrentBatchNorm = recurrentBatchNormBy(plain);

/**
 * {@link recurrentBatchNorm} as a layer: γ, 0.1 at first, β, and running statistics `[steps, features]`. A recurrent cell gives
 * it one step at a time, with the time of that.
 */
export class RecurrentBatchNorm extends StatisticsSets<RecurrentBatchNormOptions, [x: Tensor, start?: number]> {
  static override readonly name: string = "RecurrentBatchNorm";
  static override readonly lazySize: LazySize = { ...StatisticsSets.lazySize, inputAxis: 2 };

  /** @param steps those of the longest sequence to train on */
  constructor(features: number, steps: number, options: RecurrentBatchNormOptions = {}) {
    super(features, ["steps", steps], options, table);
    const { gain, dtype } = this.options;
    const weight = full([features], gain, { dtype });
    if (this.weight !== undefined) this.weight = ruledParameter("RecurrentBatchNorm", weight, "gamma", this.options);
  }

  /**
   * @param x `[T, N, features, ...]`
   * @param start the time of its first step
   */
  override forward(x: Tensor, start: number = 0, ...none: []): Tensor {
    expectNothing("RecurrentBatchNorm.forward", none);
    checkSequence("recurrentBatchNorm", x, this.features);
    return recurrentBatchNorm(x, { ...this.given, start });
  }
}
