import { ones, ShapeError, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import { asFloat, expectValue, formatShape, option, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { Buffer } from "../module/buffer.ts";
import { checkVectors } from "../module/check-vector.ts";
import { type NormOptions, normOptions } from "./affine.ts";
import { ChannelLayer } from "./channel-layer.ts";
import { perSet, setAxes } from "./channels.ts";
import { type ChannelNormArguments, channelNormTable, countOver, settleRunning } from "./channel-norm.ts";
import { momentumRow, type RunningStatistics, type StandardizedBatch, updateRunning } from "./running-statistics.ts";
import type { Standardize } from "./standardized.ts";

/** How a batch enters its set of running statistics. */
export interface SetsRule {
  /** Weight of the new batch in the running statistics, 0.1 unless given. */
  readonly momentum?: number;
  /** Whether the running variance divides by n − 1, unless given, or by n. */
  readonly runningVariance?: "unbiased" | "biased";
}

/** Options of functions with several sets of running statistics: these are `[sets, C]`. */
export interface SetsArguments extends ChannelNormArguments, SetsRule {}

/** Options of layers with several sets of running statistics and one γ and β. */
export interface StatisticsSetsOptions extends NormOptions, SetsRule {}

const rule = {
  ...momentumRow,
  runningVariance: option(ranges.oneOf("unbiased", "biased"), "unbiased"),
};
/** {@link SetsArguments}, row by row. */
export const setsArguments: OptionTable<SetsArguments> = { ...channelNormTable, ...rule };
/** {@link StatisticsSetsOptions}, row by row. */
export const setsOptions: OptionTable<StatisticsSetsOptions> = { ...normOptions, ...rule };

/** What {@link normalizeSets} has done: x̂, and by which mean and 1/√(σ² + ε), each `[sets, C]`, all without a gradient but x̂. */
export interface NormalizedSets {
  readonly normalized: Tensor;
  readonly batch: StandardizedBatch | undefined;
  readonly running: RunningStatistics | undefined;
}

/**
 * Standardizes every channel of every set by itself, as `batchNorm` does for one set; its running statistics are `[sets, C]`.
 *
 * @param input `[sets, N, C, ...]`: the sets from `first` on. In evaluation, what is beyond the last set goes by that
 */
export function normalizeSets(
  fn: string,
  input: Tensor,
  first: number,
  options: Required<SetsArguments>,
  standardize: Standardize,
): NormalizedSets {
  const { eps, runningMean, runningVar } = options;
  const { running, training } = settleRunning(fn, { ...options, numBatchesTracked: undefined });
  const [sets, , channels] = input.shape as [number, number, number];
  const known = runningMean?.shape[0] ?? sets;
  checkVectors(fn, [known, channels], { runningMean, runningVar });
  if (training && running !== undefined && first + sets > known) {
    throw new ShapeError(
      `${fn}: expected running statistics of shape [${first + sets}, ${channels}] when training, got ${formatShape(running.runningMean.shape)}.`,
    );
  }
  const axes = setAxes(input);
  const count = countOver(fn, input, axes, "value per channel", training);
  const x = asFloat(input);
  if (!training && running !== undefined) {
    const rows = Array.from({ length: sets }, (_, i) => Math.min(first + i, known - 1));
    const [mean, variance] = [running.runningMean, running.runningVar].map((all) =>
      perSet(all.at(tensor(rows, { dtype: "int32" })), x.ndim),
    ) as [Tensor, Tensor];
    return { normalized: x.sub(mean).mul(variance.add(eps).rsqrt()), batch: undefined, running };
  }
  const [normalized, rstd] = standardize(x, { axes, eps, center: true });
  const batch = { x, normalized, rstd, axes, count, instances: 1, first };
  if (running !== undefined && x.size > 0) updateRunning(running, batch, options);
  return { normalized, batch, running };
}

/** γ and β, and running statistics of several sets. */
export abstract class StatisticsSets<
  Options extends StatisticsSetsOptions,
  In extends readonly unknown[],
> extends ChannelLayer<Options, In> {
  /** `[sets, features]` */
  readonly runningMean: Buffer;
  /** `[sets, features]` */
  readonly runningVar: Buffer;

  /** @param sets how many there are, by the name of the argument that says so; it is not printed where it is fixed */
  constructor(
    features: number,
    [name, sets]: readonly [name: "domains" | "steps" | undefined, sets: number],
    options: Options,
    table: OptionTable<Options>,
  ) {
    super(features, options, table, name === undefined ? [] : [sets]);
    if (name !== undefined) expectValue(new.target.name, name, sets, ranges.extent);
    const { dtype } = this.options;
    this.runningMean = new Buffer(zeros([sets, features], { dtype }));
    this.runningVar = new Buffer(ones([sets, features], { dtype }));
  }

  /** The options of its function. */
  protected get given(): Required<SetsArguments> {
    const { weight, bias, runningMean, runningVar, training } = this;
    const { eps, momentum, runningVariance } = this.options as Required<StatisticsSetsOptions>;
    return { weight, bias, runningMean, runningVar, training, eps, momentum, runningVariance };
  }
}
