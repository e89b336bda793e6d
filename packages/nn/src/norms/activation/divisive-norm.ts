import { eye, type FloatDType, full, type Tensor } from "@tapegrad/tensor";
import {
  asFloat,
  expectNothing,
  expectTensor,
  expectValue,
  option,
  type OptionTable,
  promote,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { checkVector } from "../../module/check-vector.ts";
import { ConfiguredModule } from "../../module/configured-module.ts";
import { Parameter } from "../../module/parameter.ts";
import { checkChannels, perChannel } from "../channels.ts";
import type { GivenFacts } from "../norm-facts.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "DivisiveNorm(channels)",
  axes: "every value by those of all channels at its position",
  formula: "y_i = x_i / (β_i + Σ_j γ_ij · |x_j|^α)^ε",
  parameters: "β of `[channels]`, γ of `[channels, channels]`, neither below 0",
  paper: { title: "Ballé, Laparra and Simoncelli 2015", link: "https://arxiv.org/abs/1511.06281" },
  invariances: [],
  centred: false,
};

/** What is known about its inverse. */
export const inverseFacts: GivenFacts = {
  ...facts,
  call: "DivisiveNorm(channels, { inverse: true })",
  variantOf: "divisiveNorm",
  formula: "y_i = x_i · (β_i + Σ_j γ_ij · |x_j|^α)^ε",
  paper: { title: "Ballé, Laparra and Simoncelli 2017", link: "https://arxiv.org/abs/1611.01704" },
};

/** Options of {@link divisiveNorm}. */
export interface DivisiveNormArguments {
  /** Whether to multiply rather than divide (IGDN); false unless given. */
  readonly inverse?: boolean;
  /** Exponent of the magnitudes; 2 unless given. */
  readonly alpha?: number;
  /** Exponent of the sum; 0.5 unless given. */
  readonly epsilon?: number;
}

/** Options of {@link DivisiveNorm}. */
export interface DivisiveNormOptions extends DivisiveNormArguments {
  /** Dtype of β and γ, float32 unless given. */
  readonly dtype?: FloatDType;
}

const argumentTable: OptionTable<DivisiveNormArguments> = {
  inverse: option(ranges.flag, false),
  alpha: option(ranges.positive, 2),
  epsilon: option(ranges.finite, 0.5),
};
const table: OptionTable<DivisiveNormOptions> = { ...argumentTable, dtype: option(ranges.floatDType, "float32") };

/**
 * Generalized divisive normalization (GDN): divides every value by what all channels at its position amount to; the
 * inverse (IGDN) multiplies.
 *
 * `y_i = x_i / (β_i + Σ_j γ_ij · |x_j|^α)^ε`, with the factor in place of the divisor if `inverse`.
 * Backward for α = 2 and ε = ½, with D the sum: `dx = g·D^−½ − x·(γᵀq)`, `dβ = −½·Σ q`, `dγ = −½·qᵀ(x²)`, `q = g·x·D^(−3/2)`.
 *
 * @param x `[N, C, ...]`; integers become float32, dtypes are promoted
 * @param beta β, `[C]`, from 0 on; above 0 where x may be 0 in all channels
 * @param gamma γ, `[C, C]`, from 0 on
 * @throws {ShapeError} when β and γ do not fit the channels
 * @see Ballé, Laparra and Simoncelli 2015, https://arxiv.org/abs/1511.06281
 * @example
 * divisiveNorm(tensor([[3, 4]]), tensor([0, 0]), ones([2, 2])).toArray(); // => [[0.6, 0.8]]
 * divisiveNorm(tensor([[3, 4]]), tensor([0, 0]), ones([2, 2]), { inverse: true }).toArray(); // => [[15, 20]]
 */
export function divisiveNorm(x: Tensor, beta: Tensor, gamma: Tensor, options: DivisiveNormArguments = {}): Tensor {
  const fn = "divisiveNorm";
  const { inverse, alpha, epsilon } = settleOptions(fn, options, argumentTable);
  expectTensor(fn, "beta", beta);
  expectTensor(fn, "gamma", gamma);
  const channels = checkChannels(fn, x, undefined);
  checkVector(fn, "beta", beta, [channels]);
  checkVector(fn, "gamma", gamma, [channels, channels]);
  const values = asFloat(x).to(promote(asFloat(x).dtype, gamma.dtype));
  const magnitudes = alpha === 1 ? values.abs() : alpha === 2 ? values.square() : values.abs().pow(alpha);
  const [samples = 0, , ...positions] = x.shape;
  const flat = magnitudes.reshape([samples, channels, positions.reduce((product, extent) => product * extent, 1)]);
  const amount = gamma.to(values.dtype).matmul(flat).reshape(x.shape).add(perChannel(beta, x.ndim)); // [N, C, ...]
  return values.mul(amount.pow(inverse ? epsilon : -epsilon));
}

/** Keeps the slope of the square root of what is stored away from 0. */
const pedestal = 2 ** -36;
const leastBeta = 1e-6;

/** What is stored of a parameter that may not fall below `least`: its square is the parameter. */
const stored = (values: Tensor): Tensor => values.add(pedestal).sqrt();
const effective = (of: Tensor, least: number): Tensor =>
  of
    .clamp(Math.sqrt(least + pedestal))
    .square()
    .sub(pedestal);

/**
 * {@link divisiveNorm} as a layer. β begins with ones, γ with 0.1 on its diagonal; what is trained are their square roots,
 * so that neither falls below 0 (β below 1e-6), whatever the optimizer does.
 *
 * @example
 * new DivisiveNorm(2).forward(zeros([1, 2, 4, 4])).shape; // => [1, 2, 4, 4]
 */
export class DivisiveNorm extends ConfiguredModule<DivisiveNormOptions> {
  static override readonly name: string = "DivisiveNorm";
  /** Channels of the input. */
  readonly channels: number;
  /** The square roots of β, `[channels]` */
  beta: Parameter;
  /** The square roots of γ, `[channels, channels]` */
  gamma: Parameter;

  constructor(channels: number, options: DivisiveNormOptions = {}) {
    super(options, table, [channels]);
    expectValue(new.target.name, "channels", channels, ranges.extent);
    const { dtype } = this.options;
    this.channels = channels;
    this.beta = new Parameter(stored(full([channels], 1, { dtype })));
    this.gamma = new Parameter(stored(eye(channels, channels, { dtype }).mul(0.1)));
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("DivisiveNorm.forward", none);
    checkChannels("divisiveNorm", x, this.channels);
    const { inverse, alpha, epsilon } = this.options;
    return divisiveNorm(x, effective(this.beta, leastBeta), effective(this.gamma, 0), { inverse, alpha, epsilon });
  }
}
