import { type FloatDType, ShapeError, Tensor, ValueError, zeros } from "@tapegrad/tensor";
import {
  asFloat,
  expectNothing,
  expectValue,
  formatShape,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { Buffer } from "../../module/buffer.ts";
import { checkVectors } from "../../module/check-vector.ts";
import { ConfiguredModule } from "../../module/configured-module.ts";
import { Parameter } from "../../module/parameter.ts";
import { affineChannels, centre, channelAxes, checkChannels, perChannel } from "../channels.ts";
import type { GivenFacts } from "../norm-facts.ts";
import { follow, momentumRow } from "../running-statistics.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "MeanOnlyBatchNorm(features)",
  axes: "every channel over the batch and all positions, its mean only",
  formula: "y = x − μ + β",
  parameters: "β of `[features]`",
  state: "running mean",
  paper: { title: "Salimans and Kingma 2016", link: "https://arxiv.org/abs/1602.07868" },
  invariances: ["shift of the data"],
  centred: true,
  evaluation: "by its state",
};

/** Options of {@link meanOnlyBatchNorm}. */
export interface MeanOnlyBatchNormArguments {
  /** Shift β, `[C]`. */
  readonly bias?: Tensor | undefined;
  /** Running mean, `[C]`: read in evaluation, assigned to in training. */
  readonly runningMean?: Tensor | undefined;
  /** Whether to subtract the mean of `x`; true unless there is a running one. */
  readonly training?: boolean | undefined;
  /** Weight of the new batch in the running mean, 0.1 unless given. */
  readonly momentum?: number;
}

/** Options of {@link MeanOnlyBatchNorm}. */
export interface MeanOnlyBatchNormOptions extends Pick<MeanOnlyBatchNormArguments, "momentum"> {
  /** Whether there is β; true unless given. */
  readonly bias?: boolean;
  /** Dtype of β and the running mean, float32 unless given. */
  readonly dtype?: FloatDType;
}

const tensor = optional(ranges.instanceOf(Tensor));
const argumentTable: OptionTable<MeanOnlyBatchNormArguments> = {
  bias: tensor,
  runningMean: tensor,
  training: optional(ranges.flag),
  ...momentumRow,
};
const table: OptionTable<MeanOnlyBatchNormOptions> = {
  ...momentumRow,
  bias: option(ranges.flag, true),
  dtype: option(ranges.floatDType, "float32"),
};

/**
 * Mean-only batch normalization: subtracts from every channel its mean over the batch and all positions, in evaluation the
 * running mean. It goes behind a layer of `norms.weightNorm`, which takes care of the deviation.
 *
 * `y = x − μ + β`, and in training `running ← (1 − momentum) · running + momentum · μ`, outside the tape.
 * Backward in training: `dx = dy − ⟨dy⟩`, in evaluation `dx = dy`; `dβ = Σ dy`.
 * An empty batch gives an empty result and leaves the running mean alone.
 *
 * @param x `[N, C, ...]`; integers become float32, means are computed in float64
 * @throws {ShapeError} when training on one value per channel, or when the channels do not fit
 * @throws {ValueError} when `training` is false and there is no running mean
 * @see Salimans and Kingma 2016, https://arxiv.org/abs/1602.07868
 * @example
 * meanOnlyBatchNorm(tensor([[1, 5], [3, 9]]), { bias: tensor([0, 10]) }).toArray(); // => [[-1, 8], [1, 12]]
 */
export function meanOnlyBatchNorm(x: Tensor, options: MeanOnlyBatchNormArguments = {}): Tensor {
  const fn = "meanOnlyBatchNorm";
  const { bias, runningMean, momentum, training: given } = settleOptions(fn, options, argumentTable);
  const channels = checkChannels(fn, x, (bias ?? runningMean)?.size);
  checkVectors(fn, [channels], { bias, runningMean });
  const values = asFloat(x);
  if (!(given ?? runningMean === undefined)) {
    if (runningMean === undefined) {
      throw new ValueError(`${fn}: expected runningMean when training is false, got none.`);
    }
    return affineChannels(values.sub(perChannel(runningMean, x.ndim)), undefined, bias);
  }
  if (x.size === channels && channels > 0) {
    throw new ShapeError(`${fn}: expected more than 1 value per channel when training, got input of shape ${formatShape(x.shape)}.`); // prettier-ignore
  }
  const { mean, centred } = centre(values, channelAxes(x));
  if (runningMean !== undefined && x.size > 0) follow(runningMean, mean, momentum);
  return affineChannels(centred, undefined, bias);
}

/**
 * {@link meanOnlyBatchNorm} as a layer with β and running mean. A bias in the layer before has no effect.
 *
 * @example
 * const norm = new MeanOnlyBatchNorm(2);
 * norm.forward(tensor([[1, 5], [3, 9]])).toArray(); // => [[-1, -2], [1, 2]]
 * norm.runningMean.toArray(); // => [0.2, 0.7]
 */
export class MeanOnlyBatchNorm extends ConfiguredModule<MeanOnlyBatchNormOptions> {
  static override readonly name: string = "MeanOnlyBatchNorm";
  /** Channels of the input. */
  readonly features: number;
  /** β, `[features]` */
  bias: Parameter | undefined;
  /** `[features]` */
  readonly runningMean: Buffer;

  constructor(features: number, options: MeanOnlyBatchNormOptions = {}) {
    super(options, table, [features]);
    expectValue("MeanOnlyBatchNorm", "features", features, ranges.extent);
    const { bias, dtype } = this.options;
    this.features = features;
    this.bias = bias ? new Parameter(zeros([features], { dtype })) : undefined;
    this.runningMean = new Buffer(zeros([features], { dtype }));
  }

  /** Weight of a new batch in the running mean; it may be set. */
  get momentum(): number {
    return this.options.momentum;
  }

  set momentum(momentum: number) {
    this.setOption("momentum", momentum);
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("MeanOnlyBatchNorm.forward", none);
    checkChannels("meanOnlyBatchNorm", x, this.features);
    const { bias, runningMean, training, momentum } = this;
    return meanOnlyBatchNorm(x, { bias, runningMean, training, momentum });
  }
}
