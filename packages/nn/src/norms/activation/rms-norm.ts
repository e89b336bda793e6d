import { type Shape, type Tensor, ValueError } from "@tapegrad/tensor";
import {
  asFloat,
  expectNothing,
  expectOptionalTensor,
  machineEpsilon,
  option,
  type OptionTable,
  ranges,
  settleOptions,
  sizeOf,
} from "@tapegrad/tensor/internal";
import { type MaskOption, maskRow } from "../../module/expect-mask.ts";
import type { OptionsOf } from "../../module/options-of.ts";
import { applyAffine, type NormArguments, normArguments, type NormOptions, normOptions, normRules } from "../affine.ts";
import { checkVectors } from "../../module/check-vector.ts";
import { affineAlong } from "../channels.ts";
import { alignMask, standardizeBy } from "../masked.ts";
import { fused, plain, type Standardize } from "../standardized.ts";
import { AffineTrailingNorm, type NormalizedAxes, normalizedAxesRow, trailingAxes } from "../trailing-norm.ts";
import { type GivenFacts, rows } from "../norm-facts.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "RMSNorm(shape)",
  axes: "every sample over its trailing axes",
  formula: "y = γ · x / √(⟨x²⟩ + ε)",
  parameters: "γ of `shape`",
  paper: { title: "Zhang and Sennrich 2019", link: "https://arxiv.org/abs/1910.07467" },
  invariances: rows,
  centred: false,
};

/** What is known about it by a part of the elements. */
export const partialFacts: GivenFacts = {
  ...facts,
  call: "RMSNorm(shape, { partial })",
  variantOf: "rmsNorm",
  axes: "every sample over its trailing axes, by the first elements of these",
  formula: "y = γ · x / √(⟨x²⟩ₚ + ε)",
};

/** Options of {@link rmsNorm}. */
export interface RMSNormArguments extends Omit<NormArguments, "eps">, NormalizedAxes, MaskOption {
  /** Added to the mean square inside the root, in units of x²; `"machine"`, the epsilon of the input's dtype, unless given. */
  readonly eps?: number | "machine";
  /** Fraction of the elements that the mean square is taken from, rounded up; 1 unless given. Of trailing axes, without a mask. */
  readonly partial?: number;
}

/** Options of {@link RMSNorm}. */
export interface RMSNormOptions
  extends Omit<NormOptions, "eps">, NormalizedAxes, Pick<RMSNormArguments, "eps" | "partial"> {
  /** Whether there is β beside γ; false unless given, as in the paper. */
  readonly bias?: boolean;
}

const { affine, dtype } = normOptions;
const eps = option(ranges.either(ranges.nonNegative, ranges.oneOf("machine")), "machine", { shown: true });
const partial = option(ranges.portion, 1);
const argumentTable: OptionTable<RMSNormArguments> = {
  ...normArguments,
  eps,
  partial,
  ...normalizedAxesRow,
  ...maskRow,
};
/** Options of {@link RMSNorm}, row by row. */
export const rmsNormTable: OptionTable<RMSNormOptions> = {
  eps,
  affine,
  bias: option(ranges.flag, false),
  partial,
  dtype,
  ...normRules,
  ...normalizedAxesRow,
};

/** Throws where a part of the elements has no meaning: the first ones are those of trailing axes, all of which count. */
function checkPartial(
  fn: string,
  { partial = 1, axis, mask }: Pick<RMSNormArguments, "partial" | "axis" | "mask">,
): void {
  const other = axis === undefined ? (mask === undefined ? undefined : "a mask") : "axis";
  if (partial !== 1 && other !== undefined) {
    throw new ValueError(`${fn}: expected partial to be 1 with ${other}, got ${partial}.`);
  }
}

const rmsNormBy =
  (standardize: Standardize) =>
  (x: Tensor, shape: number | Shape, options: RMSNormArguments = {}): Tensor => {
    const { weight, bias, eps, partial, axis, mask } = settleOptions("rmsNorm", options, argumentTable);
    const { axes, extents } = trailingAxes("rmsNorm", x, shape, axis);
    checkVectors("rmsNorm", extents, { weight, bias });
    checkPartial("rmsNorm", { partial, axis, mask });
    const counted = mask && alignMask("rmsNorm", mask, x, []);
    const values = asFloat(x);
    const how = { eps: eps === "machine" ? machineEpsilon(values.dtype) : eps, center: false };
    const count = sizeOf(extents);
    // 0.1 · 30 is slightly more than 3 in binary, yet 3 elements are meant.
    const used = Math.ceil(count * partial * (1 - 2 ** -50));
    if (used === count) return affineAlong(standardizeBy(standardize, counted)(values, { axes, ...how })[0], weight, bias, axes); // prettier-ignore
    const leading = x.shape.slice(0, x.ndim - axes.length);
    const flat = values.reshape([...leading, count]); // [..., n]
    const head = flat.slice(...leading.map((extent): [number, number] => [0, extent]), [0, used]); // [..., ⌈p·n⌉]
    const [, rstd] = standardize(head, { axes: [leading.length], ...how }); // [..., 1]
    return applyAffine(flat.mul(rstd).reshape(x.shape), weight, bias);
  };

/**
 * Root mean square normalization: divides every sample by the root mean square over its trailing axes. It is LayerNorm
 * without subtracting the mean: cheaper, and equal to it on inputs of mean 0.
 *
 * `y = γ · x / √(⟨x²⟩ + ε)`; with `partial` p, ⟨x²⟩ is the mean over the first ⌈p·n⌉ elements (pRMSNorm).
 * Backward: `dx = r · (g − x̂·⟨g·x̂⟩)` with `g = γ·dy` and `r = 1/√(⟨x²⟩ + ε)`.
 * With a mask ⟨x²⟩ is that of the values at which it is true; all are normalized, and where none counts y is β, or 0.
 *
 * @param x `[..., ...shape]`, or with the axes of `shape` at `axis`; integers become float32, statistics are computed in float64
 * @param shape extents of the axes to normalize over; a number is one axis
 * @param options `mask` is bool with the axes of `x`, each of its extent or 1
 * @throws {ShapeError} when the axes of `x`, γ or β are not `shape`, or the mask does not fit
 * @throws {DTypeError} for a mask that is not bool
 * @throws {ValueError} for `partial` with `axis` or a mask
 * @see Zhang and Sennrich 2019, https://arxiv.org/abs/1910.07467
 * @example
 * rmsNorm(tensor([[3, 4]]), 2, { eps: 0 }).toArray(); // => [[0.8485281, 1.1313708]]
 * new RMSNorm(2, { eps: 0 }).forward(tensor([[1, 7]])).toArray(); // => [[0.2, 1.4]]
 */
export const rmsNorm: (x: Tensor, shape: number | Shape, options?: RMSNormArguments & OptionsOf<"RMSNorm">) => Tensor =
  rmsNormBy(fused);

/** {@link rmsNorm} in elementary operations. */
export const plainRMSNorm: typeof rmsNorm = rmsNormBy(plain);

/** {@link rmsNorm} as a layer with γ, and β if asked for; the mask comes with the input. */
export class RMSNorm extends AffineTrailingNorm<RMSNormOptions, [x: Tensor, mask?: Tensor | undefined]> {
  static override readonly name: string = "RMSNorm";

  constructor(shape: number | Shape, options: RMSNormOptions & OptionsOf<"RMSNorm"> = {}) {
    super(shape, options, rmsNormTable);
    checkPartial(new.target.name, this.options);
  }

  /** @param mask which values count, bool with the axes of `x`, each of its extent or 1; all unless given */
  override forward(x: Tensor, mask?: Tensor, ...none: []): Tensor {
    expectNothing("RMSNorm.forward", none);
    expectOptionalTensor("RMSNorm.forward", "mask", mask);
    const { weight, bias } = this;
    const { eps, partial, axis } = this.options;
    return rmsNorm(x, this.shape, { weight, bias, eps, partial, axis, mask });
  }
}
