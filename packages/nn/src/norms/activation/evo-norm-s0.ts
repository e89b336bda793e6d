import { ones, type Tensor } from "@tapegrad/tensor";
import {
  asFloat,
  expectNothing,
  expectTensor,
  option,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { checkVectors } from "../../module/check-vector.ts";
import { Parameter } from "../../module/parameter.ts";
import { type NormArguments, normArguments, type NormOptions, normOptions } from "../affine.ts";
import { ChannelLayer } from "../channel-layer.ts";
import { affineChannels, checkChannels, checkGroups, grouped, perChannel } from "../channels.ts";
import type { GivenFacts } from "../norm-facts.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "EvoNormS0(features)",
  axes: "every sample by the deviations of groups of channels over all positions",
  formula: "y = γ · x · sigmoid(v · x) / √(σ² + ε) + β",
  parameters: "γ, β and v of `[features]`",
  paper: { title: "Liu et al. 2020", link: "https://arxiv.org/abs/2004.02967" },
  invariances: [],
  centred: false,
};

/** What an EvoNorm-S0 adds to the options of norms. */
export interface GroupsOption {
  /** How many groups of neighbouring channels there are; 32 unless given. */
  readonly groups?: number;
}

/** Options of {@link evoNormS0}. */
export interface EvoNormS0Arguments extends NormArguments, GroupsOption {}

/** Options of {@link EvoNormS0}. */
export interface EvoNormS0Options extends NormOptions, GroupsOption {}

const groups = option(ranges.count, 32, { shown: true });
const argumentTable: OptionTable<EvoNormS0Arguments> = { ...normArguments, groups };
const table: OptionTable<EvoNormS0Options> = { groups, ...normOptions };

/**
 * EvoNorm-S0: a norm and an activation in one, found by a search; it depends on no other sample.
 *
 * `y = γ · x · sigmoid(v · x) / √(σ² + ε) + β`, with the biased variance of a group of channels over all positions, as in
 * `groupNorm`. No activation belongs behind it.
 * Backward with `s = sigmoid(v·x)`, `r = 1/√(σ² + ε)` and `g = γ·dy`: `dx = g·r·s·(1 + v·x·(1 − s)) − r³·(x − μ)·⟨g·x·s⟩`;
 * `dv = Σ g·r·x²·s·(1 − s)`.
 *
 * @param x `[N, C, ...]`; integers become float32, variances are computed in float64
 * @param v `[C]`
 * @throws {ShapeError} when the channels do not fit, or for a single sample of one value per group
 * @see Liu et al. 2020, https://arxiv.org/abs/2004.02967
 * @example
 * evoNormS0(tensor([[1, 3]]), zeros([2]), { groups: 1, eps: 0 }).toArray(); // => [[0.5, 1.5]]
 */
export function evoNormS0(x: Tensor, v: Tensor, options: EvoNormS0Arguments = {}): Tensor {
  const fn = "evoNormS0";
  const { weight, bias, eps, groups } = settleOptions(fn, options, argumentTable);
  expectTensor(fn, "v", v);
  const channels = checkChannels(fn, x, undefined);
  checkVectors(fn, [channels], { weight, bias, v });
  const inGroups = grouped(fn, x, groups);
  const variance = inGroups.variance({ axis: 2, correction: 0, keepDims: true }); // [N, groups, 1]
  const gate = asFloat(x).mul(perChannel(v, x.ndim)).sigmoid().reshape(inGroups.shape);
  return affineChannels(inGroups.mul(gate).div(variance.add(eps).sqrt()).reshape(x.shape), weight, bias);
}

/**
 * {@link evoNormS0} as a layer with γ, β and v, ones at first.
 *
 * @example
 * new EvoNormS0(4, { groups: 2 }).forward(randn([2, 4, 8, 8])).shape; // => [2, 4, 8, 8]
 */
export class EvoNormS0 extends ChannelLayer<EvoNormS0Options> {
  static override readonly name: string = "EvoNormS0";
  /** `[features]` */
  v: Parameter;

  constructor(features: number, options: EvoNormS0Options = {}) {
    super(features, options, table);
    const { groups, dtype } = this.options;
    checkGroups(new.target.name, groups, features);
    this.v = new Parameter(ones([features], { dtype }));
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("EvoNormS0.forward", none);
    checkChannels("evoNormS0", x, this.features);
    const { eps, groups } = this.options;
    return evoNormS0(x, this.v, { weight: this.weight, bias: this.bias, eps, groups });
  }
}
