import { full, Tensor } from "@tapegrad/tensor";
import { asFloat, expectNothing, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { checkVector, checkVectors } from "../../module/check-vector.ts";
import { Parameter } from "../../module/parameter.ts";
import { type NormArguments, normArguments, type NormOptions, normOptions, normRules } from "../affine.ts";
import { ChannelLayer } from "../channel-layer.ts";
import { affineChannels, checkChannels, checkPositions, positionAxes } from "../channels.ts";
import { type GivenFacts, positions } from "../norm-facts.ts";
import { fused, plain, type Standardize } from "../standardized.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "FilterResponseNorm(features)",
  axes: "every channel of every sample over its positions, without its mean",
  formula: "y = γ · x / √(⟨x²⟩ + |ε|) + β",
  parameters: "γ, β of `[features]`, and ε if asked for",
  paper: { title: "Singh and Krishnan 2019", link: "https://arxiv.org/abs/1911.09737" },
  invariances: positions,
  centred: false,
};

/** Options of {@link filterResponseNorm}. */
export interface FilterResponseNormArguments extends Omit<NormArguments, "eps"> {
  /** Its magnitude is added to the mean square inside the root, in units of x²: a number, or a tensor of no axes that is trained; 1e-6 unless given. */
  readonly eps?: number | Tensor;
}

/** Options of {@link FilterResponseNorm}. */
export interface FilterResponseNormOptions extends NormOptions {
  /** Whether ε is trained, from `eps` on; false unless given. The paper does so where there is one position, from 1e-4 on. */
  readonly learnEps?: boolean;
}

const standard = 1e-6;
const argumentTable: OptionTable<FilterResponseNormArguments> = {
  ...normArguments,
  eps: option(ranges.either(ranges.nonNegative, ranges.instanceOf(Tensor)), standard, { shown: true }),
};
const { affine, dtype } = normOptions;
const table: OptionTable<FilterResponseNormOptions> = {
  eps: option(ranges.nonNegative, standard, { shown: true }),
  learnEps: option(ranges.flag, false),
  affine,
  dtype,
  ...normRules,
};

const filterResponseNormBy =
  (standardize: Standardize) =>
  (x: Tensor, options: FilterResponseNormArguments = {}): Tensor => {
    const fn = "filterResponseNorm";
    const { weight, bias, eps } = settleOptions(fn, options, argumentTable);
    checkPositions(fn, x);
    checkVectors(fn, [checkChannels(fn, x, (weight ?? bias)?.size)], { weight, bias });
    const values = asFloat(x);
    const axes = positionAxes(x);
    if (typeof eps === "number") {
      return affineChannels(standardize(values, { axes, eps, center: false })[0], weight, bias);
    }
    checkVector(fn, "eps", eps, []);
    const moment = values.square().mean({ axis: axes, keepDims: true }); // [N, C, 1, ...]
    return affineChannels(values.mul(moment.add(eps.abs()).rsqrt()), weight, bias);
  };

/**
 * Filter response normalization: divides every channel of every sample by the root mean square over its positions. It
 * depends on no other sample, and goes together with the activation `tlu`.
 *
 * `y = γ · x / √(⟨x²⟩ + |ε|) + β`.
 * Backward: `dx = r · (g − x̂·⟨g·x̂⟩)` with `g = γ·dy` and `r = 1/√(⟨x²⟩ + |ε|)`; of a trained ε `dε = −½ · sign(ε) · Σ g·x·r³`.
 * With one position x̂ is little more than the sign of x: ε is then to be trained.
 *
 * @param x `[N, C, ...positions]`; integers become float32
 * @throws {ShapeError} for fewer than three axes, and when γ, β or ε do not fit
 * @see Singh and Krishnan 2019, https://arxiv.org/abs/1911.09737
 * @example
 * filterResponseNorm(tensor([[[1, 7]]]), { eps: 0 }).toArray(); // => [[[0.2, 1.4]]]
 * new FilterResponseNorm(1, { eps: 0 }).forward(tensor([[[3, 3], [4, 4]]]).reshape([2, 1, 2])).toArray(); // => [[[1, 1]], [[1, 1]]]
 */
export const filterResponseNorm: (x: Tensor, options?: FilterResponseNormArguments) => Tensor =
  filterResponseNormBy(fused);

/** {@link filterResponseNorm} in elementary operations. */
export const plainFilterResponseNorm: typeof filterResponseNorm = filterResponseNormBy(plain);

/** {@link filterResponseNorm} as a layer with γ, β and, if asked for, ε. */
export class FilterResponseNorm extends ChannelLayer<FilterResponseNormOptions> {
  static override readonly name: string = "FilterResponseNorm";
  /** The ε that is trained, of no axes. */
  eps: Parameter | undefined;

  constructor(features: number, options: FilterResponseNormOptions = {}) {
    super(features, options, table);
    const { eps, learnEps, dtype } = this.options;
    this.eps = learnEps ? new Parameter(full([], eps, { dtype })) : undefined;
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("FilterResponseNorm.forward", none);
    checkPositions("filterResponseNorm", x);
    checkChannels("filterResponseNorm", x, this.features);
    return filterResponseNorm(x, { weight: this.weight, bias: this.bias, eps: this.eps ?? this.options.eps });
  }
}
