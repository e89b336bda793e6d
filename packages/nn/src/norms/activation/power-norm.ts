import { defineFunction } from "@tapegrad/autograd";
import { assign, ones, type Tensor, zeros } from "@tapegrad/tensor";
import {
  asFloat,
  expectNothing,
  expectTensor,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
  withGradMode,
} from "@tapegrad/tensor/internal";
import { Buffer } from "../../module/buffer.ts";
import { checkVectors } from "../../module/check-vector.ts";
import { type NormArguments, normArguments, type NormOptions, normOptions } from "../affine.ts";
import { ChannelLayer } from "../channel-layer.ts";
import { affineChannels, channelAxes, checkChannels, perChannel } from "../channels.ts";
import { type GivenFacts, rows } from "../norm-facts.ts";
import { follow } from "../running-statistics.ts";
import { fused } from "../standardized.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "PowerNorm(features)",
  axes: "every channel by its running mean square, after every position by the root mean square of its channels",
  formula: "y = γ · x / √(ψ² + ε) + β",
  parameters: "γ, β of `[features]`",
  state: "running mean square ψ², and ν for the backward pass",
  paper: { title: "Shen et al. 2020", link: "https://arxiv.org/abs/2003.07845" },
  invariances: rows,
  centred: false,
  held: true,
};

/** How fast the state of {@link powerNorm} moves. */
export interface PowerRates {
  /** Weight of the old ψ²; 0.9 unless given. */
  readonly alphaForward?: number;
  /** 1 less the weight of a new batch in ν; 0.9 unless given. */
  readonly alphaBackward?: number;
  /** Whether every position is first divided by the root mean square of its channels; true unless given. */
  readonly layerScale?: boolean;
}

/** Options of {@link powerNorm}. */
export interface PowerNormArguments extends NormArguments, PowerRates {
  /** Whether ψ² and ν move; false unless given. */
  readonly training?: boolean | undefined;
}

/** Options of {@link PowerNorm}. */
export interface PowerNormOptions extends NormOptions, PowerRates {}

const rates: OptionTable<PowerRates> = {
  alphaForward: option(ranges.unit, 0.9),
  alphaBackward: option(ranges.unit, 0.9),
  layerScale: option(ranges.flag, true),
};
const argumentTable: OptionTable<PowerNormArguments> = { ...normArguments, ...rates, training: optional(ranges.flag) };
const table: OptionTable<PowerNormOptions> = { ...normOptions, ...rates };

/** Means over all axes but that of the channels, `[C]`. */
function channelMeans(t: Tensor): Tensor {
  return t.mean({ axis: channelAxes(t) });
}

/** `x / √(ψ² + ε)`, with the backward pass of the paper; moves ν there if it is to. */
function divide(x: Tensor, scale: Tensor, nu: Tensor, alpha: number | undefined): Tensor {
  const divideBy = defineFunction({
    name: "powerNorm",
    forward: (context, given) => {
      const normalized = given.mul(perChannel(scale, x.ndim));
      context.save(normalized);
      return normalized;
    },
    backward: ({ saved: [normalized] }, cotangent) => {
      const before = nu.detach().clone();
      if (alpha !== undefined) {
        withGradMode(false, () => {
          const rest = channelMeans(normalized!.square())
            .mul(alpha - 1)
            .add(1);
          const share = channelMeans(cotangent.mul(normalized!)).mul(1 - alpha);
          assign(nu, before.mul(rest.to(nu.dtype)).add(share.to(nu.dtype)));
        });
      }
      const correction = normalized!.mul(perChannel(before.neg(), x.ndim));
      return cotangent.add(correction).mul(perChannel(scale, x.ndim));
    },
  });
  return divideBy(x);
}

/**
 * Power normalization: divides every channel by its running root mean square, in training too, instead of by that of a
 * batch that varies much.
 *
 * `y = γ · x / √(ψ² + ε) + β`, where every position of x was first divided by the root mean square of its channels. In
 * training ψ² is that before this batch, and afterwards `ψ² ← α_f · ψ² + (1 − α_f) · ⟨x²⟩`.
 * The backward pass is approximate by design: `dx̃ = (g − ν·x̂) / √(ψ² + ε)` with `g = γ·dy` and the scaled input x̃, and then
 * `ν ← ν · (1 − (1 − α_b) · ⟨x̂²⟩) + (1 − α_b) · ⟨g·x̂⟩`, where means are per channel. It is no derivative of the output unless ν is 0.
 * This is the second algorithm of the paper. The authors' code differs: it divides by the batch's root mean square in the backward
 * pass, and in the forward one for the first 10 000 batches.
 *
 * @param x `[N, C, ...]`; integers become float32
 * @param meanSquare ψ², `[C]`, assigned to in training
 * @param nu ν, `[C]`, assigned to in the backward pass in training
 * @throws {ShapeError} when the channels do not fit
 * @see Shen et al. 2020, https://arxiv.org/abs/2003.07845
 * @example
 * powerNorm(tensor([[6, 8]]), tensor([4, 1]), zeros([2]), { eps: 0, layerScale: false }).toArray(); // => [[3, 8]]
 */
export function powerNorm(x: Tensor, meanSquare: Tensor, nu: Tensor, options: PowerNormArguments = {}): Tensor {
  const fn = "powerNorm";
  const settled = settleOptions(fn, options, argumentTable);
  const { weight, bias, eps, training, alphaForward, alphaBackward, layerScale } = settled;
  const channels = checkChannels(fn, x, undefined);
  expectTensor(fn, "meanSquare", meanSquare);
  expectTensor(fn, "nu", nu);
  checkVectors(fn, [channels], { weight, bias, meanSquare, nu });
  const values = asFloat(x);
  const scaled = layerScale ? fused(values, { axes: [1], eps, center: false })[0] : values;
  const scale = meanSquare.detach().add(eps).rsqrt();
  const moving = training === true && x.size > 0;
  const normalized = divide(scaled, scale, nu, moving ? alphaBackward : undefined);
  if (moving) withGradMode(false, () => follow(meanSquare, channelMeans(scaled.square()), 1 - alphaForward));
  return affineChannels(normalized, weight, bias);
}

/**
 * {@link powerNorm} as a layer with γ, β, ψ², ones at first, and ν, zeros at first. Evaluation is training with a state that
 * stays as it is.
 *
 * @example
 * const norm = new PowerNorm(4);
 * norm.forward(randn([32, 4])).shape; // => [32, 4]
 */
export class PowerNorm extends ChannelLayer<PowerNormOptions> {
  static override readonly name: string = "PowerNorm";
  /** ψ², `[features]` */
  readonly meanSquare: Buffer;
  /** ν, `[features]` */
  readonly nu: Buffer;

  constructor(features: number, options: PowerNormOptions = {}) {
    super(features, options, table);
    const { dtype } = this.options;
    this.meanSquare = new Buffer(ones([features], { dtype }));
    this.nu = new Buffer(zeros([features], { dtype }));
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("PowerNorm.forward", none);
    checkChannels("powerNorm", x, this.features);
    const { weight, bias, training } = this;
    const { eps, alphaForward, alphaBackward, layerScale } = this.options;
    const options = { weight, bias, training, eps, alphaForward, alphaBackward, layerScale };
    return powerNorm(x, this.meanSquare, this.nu, options);
  }
}
