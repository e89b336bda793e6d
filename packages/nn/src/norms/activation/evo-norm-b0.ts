import { ones, Tensor, ValueError } from "@tapegrad/tensor";
import {
  asFloat,
  expectNothing,
  expectTensor,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { Buffer } from "../../module/buffer.ts";
import { checkVectors } from "../../module/check-vector.ts";
import { Parameter } from "../../module/parameter.ts";
import { type NormArguments, normArguments, type NormOptions, normOptions } from "../affine.ts";
import { ChannelLayer } from "../channel-layer.ts";
import { countOver } from "../channel-norm.ts";
import { affineChannels, channelAxes, checkChannels, checkPositions, perChannel, positionAxes } from "../channels.ts";
import type { GivenFacts } from "../norm-facts.ts";
import { follow, momentumRow } from "../running-statistics.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "EvoNormB0(features)",
  axes: "every channel by its deviation over the batch and all positions, or by that of its sample if this and x are larger",
  formula: "y = γ · x / max(√(σ_B² + ε), v · x + √(σ_I² + ε)) + β",
  parameters: "γ, β and v of `[features]`",
  state: "running variance",
  paper: { title: "Liu et al. 2020", link: "https://arxiv.org/abs/2004.02967" },
  invariances: ["scale of the weights", "scale of one neuron's weights", "scale of the data"],
  centred: false,
  evaluation: "by its state",
};

/** Options of {@link evoNormB0}. */
export interface EvoNormB0Arguments extends NormArguments {
  /** Running variance, `[C]`: read in evaluation, assigned to in training. */
  readonly runningVar?: Tensor | undefined;
  /** Whether σ_B² is that of `x`; true unless there is a running one. */
  readonly training?: boolean | undefined;
  /** Weight of the new batch in the running variance, 0.1 unless given. */
  readonly momentum?: number;
}

/** Options of {@link EvoNormB0}. */
export interface EvoNormB0Options extends NormOptions, Pick<EvoNormB0Arguments, "momentum"> {}

const argumentTable: OptionTable<EvoNormB0Arguments> = {
  ...normArguments,
  runningVar: optional(ranges.instanceOf(Tensor)),
  training: optional(ranges.flag),
  ...momentumRow,
};
const table: OptionTable<EvoNormB0Options> = { ...normOptions, ...momentumRow };

/**
 * EvoNorm-B0: a norm and an activation in one, found by a search.
 *
 * `y = γ · x / max(√(σ_B² + ε), v · x + √(σ_I² + ε)) + β`, with the biased variances of a channel over the batch and all positions,
 * in evaluation the running one, and of a channel of one sample over its positions. In training also
 * `running ← (1 − momentum) · running + momentum · σ_B²`, outside the tape. No activation belongs behind it.
 * Backward with D the larger one and `q = γ·dy·x/D²`: `dx = γ·dy/D − v·q` where D depends on x, else `γ·dy/D`, and what comes through the
 * variances; `dv = −Σ q·x` over the elements where D depends on v.
 *
 * @param x `[N, C, ...positions]`; integers become float32, variances are computed in float64
 * @param v `[C]`
 * @throws {ShapeError} when training on one value per channel, and when the channels do not fit
 * @throws {ValueError} when `training` is false and there is no running variance
 * @see Liu et al. 2020, https://arxiv.org/abs/2004.02967
 * @example
 * evoNormB0(tensor([[[1, 3]], [[-5, -7]]]), ones([1]), { eps: 0 }).toArray(); // => [[[0.2425356, 0.7276069]], [[-1.2126781, -1.6977494]]]
 */
export function evoNormB0(x: Tensor, v: Tensor, options: EvoNormB0Arguments = {}): Tensor {
  const fn = "evoNormB0";
  const { weight, bias, eps, runningVar, momentum, training: given } = settleOptions(fn, options, argumentTable);
  checkPositions(fn, x);
  expectTensor(fn, "v", v);
  const channels = checkChannels(fn, x, undefined);
  checkVectors(fn, [channels], { weight, bias, v, runningVar });
  const training = given ?? runningVar === undefined;
  const axes = channelAxes(x);
  countOver(fn, x, axes, "value per channel", training);
  const values = asFloat(x);
  const over = (axis: readonly number[]): Tensor => values.variance({ axis, correction: 0, keepDims: true });
  const batchVariance = (): Tensor => {
    if (!training) {
      if (runningVar !== undefined) return perChannel(runningVar, x.ndim);
      throw new ValueError(`${fn}: expected runningVar when training is false, got none.`);
    }
    const variance = over(axes); // [1, C, 1, ...]
    if (runningVar !== undefined && x.size > 0) follow(runningVar, variance, momentum);
    return variance;
  };
  const nonlinear = values.mul(perChannel(v, x.ndim)).add(over(positionAxes(x)).add(eps).sqrt());
  return affineChannels(values.div(nonlinear.maximum(batchVariance().add(eps).sqrt())), weight, bias);
}

/**
 * {@link evoNormB0} as a layer with γ, β, v, ones at first, and a running variance.
 *
 * @example
 * new EvoNormB0(3).forward(randn([4, 3, 8, 8])).shape; // => [4, 3, 8, 8]
 */
export class EvoNormB0 extends ChannelLayer<EvoNormB0Options> {
  static override readonly name: string = "EvoNormB0";
  /** `[features]` */
  v: Parameter;
  /** `[features]` */
  readonly runningVar: Buffer;

  constructor(features: number, options: EvoNormB0Options = {}) {
    super(features, options, table);
    const { dtype } = this.options;
    this.v = new Parameter(ones([features], { dtype }));
    this.runningVar = new Buffer(ones([features], { dtype }));
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("EvoNormB0.forward", none);
    checkPositions("evoNormB0", x);
    checkChannels("evoNormB0", x, this.features);
    const { weight, bias, runningVar, training } = this;
    const { eps, momentum } = this.options;
    return evoNormB0(x, this.v, { weight, bias, eps, runningVar, training, momentum });
  }
}
