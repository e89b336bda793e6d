import { ones, Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { asFloat, expectNothing, optional, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { Buffer } from "../../module/buffer.ts";
import { checkVectors } from "../../module/check-vector.ts";
import { type NormArguments, normArguments, type NormOptions, normOptions } from "../affine.ts";
import { ChannelLayer } from "../channel-layer.ts";
import { countOver } from "../channel-norm.ts";
import { affineChannels, centre, channelAxes, checkChannels, perChannel } from "../channels.ts";
import { batches, type GivenFacts } from "../norm-facts.ts";
import { follow, momentumRow } from "../running-statistics.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "L1BatchNorm(features)",
  axes: "every channel over the batch and all positions, by its mean distance from its mean",
  formula: "y = γ · (x − μ) / (√(π/2) · ⟨|x − μ|⟩ + ε) + β",
  parameters: "γ, β of `[features]`",
  state: "running mean and deviation",
  paper: { title: "Hoffer et al. 2018", link: "https://arxiv.org/abs/1803.01814" },
  invariances: batches,
  centred: true,
  evaluation: "by its state",
};

/** What an L1 norm says of ε. */
interface DeviationEps {
  /** Added to the deviation, in units of x; 1e-5 unless given. */
  readonly eps?: number;
}

/** Options of {@link l1BatchNorm}. */
export interface L1BatchNormArguments extends NormArguments, DeviationEps {
  /** Running mean, `[C]`: read in evaluation, assigned to in training. */
  readonly runningMean?: Tensor | undefined;
  /** Running deviation √(π/2)·⟨|x − μ|⟩, `[C]`: read in evaluation, assigned to in training. */
  readonly runningDeviation?: Tensor | undefined;
  /** Whether to normalize by the statistics of `x`; true unless there are running ones. */
  readonly training?: boolean | undefined;
  /** Weight of the new batch in the running statistics, 0.1 unless given. */
  readonly momentum?: number;
}

/** Options of {@link L1BatchNorm}. */
export interface L1BatchNormOptions extends NormOptions, DeviationEps, Pick<L1BatchNormArguments, "momentum"> {}

const tensor = optional(ranges.instanceOf(Tensor));
const argumentTable: OptionTable<L1BatchNormArguments> = {
  ...normArguments,
  runningMean: tensor,
  runningDeviation: tensor,
  training: optional(ranges.flag),
  ...momentumRow,
};
const table: OptionTable<L1BatchNormOptions> = { ...normOptions, ...momentumRow };

/** What makes a mean distance of normal numbers their deviation. */
const factor = Math.sqrt(Math.PI / 2);

/**
 * L1 batch normalization: BatchNorm with a deviation that needs neither squares nor a root. It is that of BatchNorm for
 * values that are normally distributed.
 *
 * `y = γ · (x − μ) / (√(π/2) · ⟨|x − μ|⟩ + ε) + β`, over the batch and all positions, in evaluation by the running statistics. In
 * training also `running ← (1 − momentum) · running + momentum · batch` for mean and deviation, outside the tape.
 * Backward in training with `q = 1/(s + ε)`, s the deviation, `g = γ·dy` and `c = x − μ`: `dc = q·g − √(π/2)·q²·sign(c)·⟨g·c⟩`,
 * `dx = dc − ⟨dc⟩`; in evaluation `dx = q·g`.
 *
 * @param x `[N, C, ...]`; integers become float32
 * @throws {ShapeError} when training on one value per channel, or when the channels do not fit
 * @throws {ValueError} when `training` is false and there are no running statistics
 * @see Hoffer et al. 2018, https://arxiv.org/abs/1803.01814
 * @example
 * l1BatchNorm(tensor([[1], [3]]), { weight: tensor([2]), eps: 0 }).toArray(); // => [[-1.5957691], [1.5957691]]
 */
export function l1BatchNorm(x: Tensor, options: L1BatchNormArguments = {}): Tensor {
  const fn = "l1BatchNorm";
  const { weight, bias, eps, runningMean, runningDeviation, momentum, training } = settleOptions(fn, options, argumentTable); // prettier-ignore
  const channels = checkChannels(fn, x, (weight ?? bias ?? runningMean)?.size);
  checkVectors(fn, [channels], { weight, bias, runningMean, runningDeviation });
  if ((runningMean === undefined) !== (runningDeviation === undefined)) {
    throw new ValueError(`${fn}: expected runningMean and runningDeviation together, got one of them.`);
  }
  const values = asFloat(x);
  if (!(training ?? runningMean === undefined)) {
    if (runningMean === undefined || runningDeviation === undefined) {
      throw new ValueError(`${fn}: expected runningMean and runningDeviation when training is false, got none.`);
    }
    const scale = runningDeviation.add(eps).reciprocal();
    const normalized = values.sub(perChannel(runningMean, x.ndim)).mul(perChannel(scale, x.ndim));
    return affineChannels(normalized, weight, bias);
  }
  const axes = channelAxes(x);
  countOver(fn, x, axes, "value per channel", true);
  const { mean, centred } = centre(values, axes);
  const deviation = centred.abs().mean({ axis: axes, keepDims: true }).mul(factor);
  if (runningMean !== undefined && runningDeviation !== undefined && x.size > 0) {
    follow(runningMean, mean, momentum);
    follow(runningDeviation, deviation, momentum);
  }
  return affineChannels(centred.div(deviation.add(eps)), weight, bias);
}

/**
 * {@link l1BatchNorm} as a layer with γ, β and running statistics. A bias in the layer before has no effect.
 *
 * @example
 * const norm = new L1BatchNorm(2);
 * norm.forward(randn([8, 2, 4])).shape; // => [8, 2, 4]
 */
export class L1BatchNorm extends ChannelLayer<L1BatchNormOptions> {
  static override readonly name: string = "L1BatchNorm";
  /** `[features]` */
  readonly runningMean: Buffer;
  /** `[features]` */
  readonly runningDeviation: Buffer;

  constructor(features: number, options: L1BatchNormOptions = {}) {
    super(features, options, table);
    const { dtype } = this.options;
    this.runningMean = new Buffer(zeros([features], { dtype }));
    this.runningDeviation = new Buffer(ones([features], { dtype }));
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("L1BatchNorm.forward", none);
    checkChannels("l1BatchNorm", x, this.features);
    const { weight, bias, runningMean, runningDeviation, training } = this;
    const { eps, momentum } = this.options;
    return l1BatchNorm(x, { weight, bias, eps, runningMean, runningDeviation, training, momentum });
  }
}
