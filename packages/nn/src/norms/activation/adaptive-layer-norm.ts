import { ShapeError, type Tensor } from "@tapegrad/tensor";
import {
  asFloat,
  expectNothing,
  expectTensor,
  expectValue,
  formatShape,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import type { Dense } from "../../dense/dense.ts";
import { checkVectors } from "../../module/check-vector.ts";
import { ConfiguredModule } from "../../module/configured-module.ts";
import { applyAffine, type NormArguments, normArguments } from "../affine.ts";
import { modulate, modulationLayer, type ModulationOptions, modulationTable, perSample } from "../modulation.ts";
import { centredRows, type GivenFacts } from "../norm-facts.ts";
import { fused, plain, type Standardize } from "../standardized.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "AdaptiveLayerNorm(features, conditions)",
  axes: "every token of every sample over its features, with a gain and shift that a condition says",
  formula: "y = γ(c) · (x − μ) / √(σ² + ε) + β(c)",
  parameters: "weight `[2 · features, conditions]` and bias that make γ − 1 and β of the condition",
  paper: { title: "Peebles and Xie 2022", link: "https://arxiv.org/abs/2212.09748" },
  invariances: centredRows,
  centred: true,
};

/** Options of {@link adaptiveLayerNorm}: γ and β are `[N, F]`. */
export interface AdaptiveLayerNormArguments extends NormArguments {}

/** Options of {@link AdaptiveLayerNorm}. */
export interface AdaptiveLayerNormOptions extends Pick<NormArguments, "eps">, ModulationOptions {}

/** {@link AdaptiveLayerNormOptions}, row by row. */
export const adaptiveLayerNormTable: OptionTable<AdaptiveLayerNormOptions> = {
  eps: normArguments.eps,
  ...modulationTable,
};

/** Throws unless `x` is `[N, ..., F]`, with `features` of them where that is known. */
export function checkTokens(fn: string, x: Tensor, features: number | undefined): void {
  expectTensor(fn, "x", x);
  if (x.ndim < 2 || (features !== undefined && x.shape.at(-1) !== features)) {
    throw new ShapeError(`${fn}: expected input of shape [N, ..., ${features ?? "F"}], got ${formatShape(x.shape)}.`);
  }
}

const adaptiveLayerNormBy =
  (standardize: Standardize) =>
  (x: Tensor, options: AdaptiveLayerNormArguments = {}): Tensor => {
    const fn = "adaptiveLayerNorm";
    const { weight, bias, eps } = settleOptions(fn, options, normArguments);
    checkTokens(fn, x, undefined);
    checkVectors(fn, [x.shape[0]!, x.shape.at(-1)!], { weight, bias });
    const [normalized] = standardize(asFloat(x), { axes: [x.ndim - 1], eps, center: true });
    return applyAffine(normalized, weight && perSample(weight, x.ndim), bias && perSample(bias, x.ndim));
  };

/**
 * Adaptive layer normalization (adaLN): LayerNorm of the last axis with a gain and a shift for each sample, which come of a
 * condition.
 *
 * `y = γ(c) · (x − μ) / √(σ² + ε) + β(c)`, with the statistics of `layerNorm`; γ and β of a sample are those of all its tokens.
 * Backward: `dx = r · (g − ⟨g⟩ − x̂·⟨g·x̂⟩)` with `g = γ·dy`; `dγ = Σ dy·x̂` and `dβ = Σ dy` over the tokens.
 *
 * @param x `[N, ..., F]`; integers become float32, statistics are computed in float64
 * @throws {ShapeError} for fewer than two axes, or when γ or β do not fit
 * @see Peebles and Xie 2022, https://arxiv.org/abs/2212.09748
 * @example
 * const weight = tensor([[1, 1], [1, 10]]);
 * adaptiveLayerNorm(tensor([[1, 5], [3, 9]]), { weight, eps: 0 }).toArray(); // => [[-1, 1], [-1, 10]]
 */
export const adaptiveLayerNorm: (x: Tensor, options?: AdaptiveLayerNormArguments) => Tensor =
  adaptiveLayerNormBy(fused);

/** {@link adaptiveLayerNorm} in elementary operations. */
export const plainAdaptiveLayerNorm: typeof adaptiveLayerNorm = adaptiveLayerNormBy(plain);

/**
 * {@link adaptiveLayerNorm} as a layer: a Dense layer makes γ and β of a condition. It gives γ − 1, and is LayerNorm at
 * first, unless `init` is given. `AdaptiveLayerNormZero` also says how much of a branch is added.
 *
 * @example
 * const norm = new AdaptiveLayerNorm(8, 3);
 * norm.forward(randn([2, 5, 8]), randn([2, 3])).shape; // => [2, 5, 8]
 * norm.modulation.weight.shape; // => [16, 3]
 */
export class AdaptiveLayerNorm extends ConfiguredModule<AdaptiveLayerNormOptions, [x: Tensor, condition: Tensor]> {
  static override readonly name: string = "AdaptiveLayerNorm";
  /** Extent of the last axis. */
  readonly features: number;
  /** What makes γ − 1 and β, side by side, of a condition. */
  readonly modulation: Dense;

  /** @param conditions extent of a condition */
  constructor(features: number, conditions: number, options: AdaptiveLayerNormOptions = {}) {
    super(options, adaptiveLayerNormTable, [features, conditions]);
    expectValue(new.target.name, "features", features, ranges.extent);
    expectValue(new.target.name, "conditions", conditions, ranges.extent);
    this.features = features;
    this.modulation = modulationLayer(conditions, 2 * features, this.options);
  }

  /**
   * @param x `[N, ..., features]`
   * @param condition `[N, conditions]`
   */
  override forward(x: Tensor, condition: Tensor, ...none: []): Tensor {
    expectNothing("AdaptiveLayerNorm.forward", none);
    checkTokens("adaptiveLayerNorm", x, this.features);
    return adaptiveLayerNorm(x, { ...modulate(this.modulation, condition), eps: this.options.eps });
  }
}
