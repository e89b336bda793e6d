import { full, type Shape, type Tensor } from "@tapegrad/tensor";
import {
  asFloat,
  expectNothing,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
  sizeOf,
} from "@tapegrad/tensor/internal";
import type { Parameter } from "../../module/parameter.ts";
import { normArguments, type NormOptions, normOptions, ruledParameter } from "../affine.ts";
import { checkVector } from "../../module/check-vector.ts";
import type { OptionsOf } from "../../module/options-of.ts";
import { fused, plain, type Standardize } from "../standardized.ts";
import { trailingAxes, TrailingNorm } from "../trailing-norm.ts";
import { type GivenFacts, rows } from "../norm-facts.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "ScaleNorm(shape)",
  axes: "every sample over its trailing axes, to one length",
  formula: "y = g · x / √(Σ x² + ε)",
  parameters: "g, one number",
  paper: { title: "Nguyen and Salazar 2019", link: "https://arxiv.org/abs/1910.05895" },
  invariances: rows,
  centred: false,
};

/** Options of {@link scaleNorm}. */
export interface ScaleNormArguments {
  /** Length g of the result, a tensor of no axes; 1 unless given. */
  readonly weight?: Tensor | undefined;
  /** Added to the squared length inside the root, in units of x²; 1e-5 unless given. */
  readonly eps?: number;
}

/** Options of {@link ScaleNorm}. */
export interface ScaleNormOptions
  extends Pick<ScaleNormArguments, "eps">, Pick<NormOptions, "dtype" | "gammaRegularizer" | "gammaConstraint"> {
  /** What g is at first; √n for n elements unless given. */
  readonly scale?: number | undefined;
}

const { weight, eps } = normArguments;
const argumentTable: OptionTable<ScaleNormArguments> = { weight, eps };
const { dtype, gammaRegularizer, gammaConstraint } = normOptions;
const table: OptionTable<ScaleNormOptions> = {
  eps,
  scale: optional(ranges.finite),
  dtype,
  gammaRegularizer,
  gammaConstraint,
};

const scaleNormBy =
  (standardize: Standardize) =>
  (x: Tensor, shape: number | Shape, options: ScaleNormArguments = {}): Tensor => {
    const { weight, eps } = settleOptions("scaleNorm", options, argumentTable);
    const { axes, extents } = trailingAxes("scaleNorm", x, shape);
    checkVector("scaleNorm", "weight", weight, []);
    // x / √(Σ x² + ε) is x / √(⟨x²⟩ + ε/n), divided by √n.
    const count = Math.max(sizeOf(extents), 1);
    const [divided] = standardize(asFloat(x), { axes, eps: eps / count, center: false });
    const root = Math.sqrt(count);
    return divided.mul(weight === undefined ? 1 / root : weight.div(root));
  };

/**
 * Scale normalization: gives every sample the same length over its trailing axes.
 * `y = g · x / √(Σ x² + ε)` with one number g. It is RMSNorm with one gain for all elements.
 * Backward: `dx = g · r · (dy − v·Σ dy·v)` with `r = 1/√(Σ x² + ε)` and `v = r·x`; `dg = Σ dy·v`.
 * The authors' code divides by `max(‖x‖, ε)`.
 *
 * @param x `[..., ...shape]`; integers become float32, lengths are computed in float64
 * @param shape the trailing axes to normalize over; a number is one axis
 * @throws {ShapeError} when the trailing axes of `x` are not `shape`, or g has axes
 * @see Nguyen and Salazar 2019, https://arxiv.org/abs/1910.05895
 * @example
 * scaleNorm(tensor([[3, 4]]), 2, { eps: 0, weight: tensor(10) }).toArray(); // => [[6, 8]]
 * const norm = new ScaleNorm(4, { eps: 0 });
 * norm.weight.item(); // => 2
 * norm.forward(tensor([[1, 1, 1, 1], [0, 0, 0, 5]])).toArray(); // => [[1, 1, 1, 1], [0, 0, 0, 2]]
 */
export const scaleNorm: (x: Tensor, shape: number | Shape, options?: ScaleNormArguments & OptionsOf<never>) => Tensor =
  scaleNormBy(fused);

/** {@link scaleNorm} in elementary operations. */
export const plainScaleNorm: typeof scaleNorm = scaleNormBy(plain);

/** {@link scaleNorm} as a layer with its g. */
export class ScaleNorm extends TrailingNorm<ScaleNormOptions> {
  static override readonly name: string = "ScaleNorm";

  /** g, a tensor of no axes */
  weight: Parameter;

  constructor(shape: number | Shape, options: ScaleNormOptions & OptionsOf<never> = {}) {
    super(shape, options, table);
    const { scale = Math.sqrt(sizeOf(this.shape)), dtype } = this.options;
    this.weight = ruledParameter(new.target.name, full([], scale, { dtype }), "gamma", this.options);
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("ScaleNorm.forward", none);
    return scaleNorm(x, this.shape, { weight: this.weight, eps: this.eps });
  }
}
