import { assign, type Generator, randn } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { checkEps } from "./check-vector.ts";
import {
  checkIterations,
  powerIteration,
  type PowerIterationOptions,
  spectralNorm as normalized,
  weightMatrix,
} from "../functional/norms/spectral-norm.ts";
import { Buffer } from "../module/buffer.ts";
import { addForwardPreHook } from "../module/forward-hooks.ts";
import { Parameter } from "../module/parameter.ts";
import { computeWeight, trainedWeight, type Weighted } from "./computed-weight.ts";

/** Options of {@link spectralNorm}. */
export interface SpectralNormModuleOptions extends PowerIterationOptions {
  /** Source of randomness of the first vectors; the default generator unless given. */
  readonly generator?: Generator | undefined;
}

/** What {@link spectralNorm} adds to a module. */
export interface SpectralNormed {
  /** The weight before the division. */
  readonly weightOrig: Parameter;
  /** Left singular vector, `[rows]`. */
  readonly weightU: Buffer;
  /** Right singular vector, `[columns]`. */
  readonly weightV: Buffer;
}

/** Iterations before the first use, so that an untrained module is divided by about the right number. */
const warmUp = 15;

/**
 * Makes a module divide its weight by the largest singular value, which bounds how much it can amplify: see
 * `functional.spectralNorm`.
 *
 * Changes the module and returns it: `weightOrig` takes the place of the parameter `weight`, which is computed
 * from now on. In training every `forward` first improves the singular vectors by power iteration; evaluation
 * leaves them. The keys of the state dictionary are PyTorch's. Make the optimizer afterwards.
 *
 * @throws {ValueError} when the module has no parameter `weight`, or for `iterations` below 1
 * @throws {ShapeError} for a weight of fewer than two axes
 *
 * Miyato et al. 2018, https://arxiv.org/abs/1802.05957
 *
 * @example
 * ```ts
 * const layer = norms.spectralNorm(new Dense(3, 2));
 * Object.keys(layer.stateDict()); // => ["bias", "weight_orig", "weight_u", "weight_v"]
 * ```
 */
export function spectralNorm<M extends Weighted>(
  module: M,
  options: SpectralNormModuleOptions = {},
): M & SpectralNormed {
  checkOptions("spectralNorm", options, ["axis", "iterations", "eps", "generator"]);
  const { axis = 0, iterations = 1, eps = 1e-12 } = options;
  const weight = trainedWeight("spectralNorm", module);
  const [rows = 0, columns = 0] = weightMatrix("spectralNorm", weight, axis).shape;
  checkIterations("spectralNorm", iterations);
  checkEps("spectralNorm", eps);
  const random = (size: number): Buffer =>
    new Buffer(randn([size], { dtype: weight.dtype, generator: options.generator }));
  const weightOrig = new Parameter(weight);
  const [weightU, weightV] = [random(rows), random(columns)];
  const improve = (times: number): void => {
    const [u, v] = powerIteration(weightOrig, weightU, weightV, { axis, iterations: times, eps });
    assign(weightU, u);
    assign(weightV, v);
  };
  improve(warmUp);
  // The vectors of this very call: a later one must not change what its backward pass reads.
  computeWeight(module, () => normalized(weightOrig, weightU.clone(), weightV.clone(), { axis }));
  addForwardPreHook(module, () => {
    if (module.training) improve(iterations);
    return undefined;
  });
  return Object.assign(module, { weightOrig, weightU, weightV });
}
