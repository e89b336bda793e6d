import { assign, Generator, randn, ShapeError, type Tensor } from "@tapegrad/tensor";
import {
  expectNothing,
  expectTensor,
  formatShape,
  normalizeAxis,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
  sizeOf,
  withGradMode,
} from "@tapegrad/tensor/internal";
import { Buffer } from "../../module/buffer.ts";
import { Parameter } from "../../module/parameter.ts";
import { normalize } from "../activation/normalize.ts";
import { checkDTypes } from "../../module/check-dtypes.ts";
import { loadAlso } from "../../module/load-also.ts";
import { checkVectors } from "../../module/check-vector.ts";
import { axesBut, computeWeight, outputAxis, restoreWeight, trainedWeight, type Weighted } from "../computed-weight.ts";
import type { GivenFacts } from "../norm-facts.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "norms.spectralNorm(layer)",
  axes: "the weight of a layer by its largest singular value",
  formula: "w / (uᵀ·W·v)",
  parameters: "the weight",
  state: "its first singular vectors u, v",
  paper: { title: "Miyato et al. 2018", link: "https://arxiv.org/abs/1802.05957" },
  invariances: ["scale of the weights"],
  centred: false,
  evaluation: "by its state",
};

/** Options of {@link spectralNorm}. */
export interface SpectralNormOptions {
  /** The axis of the rows of the matrix, 0 unless given. */
  readonly axis?: number;
}

/** Options of {@link powerIteration}. */
export interface PowerIterationOptions extends SpectralNormOptions {
  /** How often both vectors are improved; 1 unless given. */
  readonly iterations?: number;
  /** The least that a vector is divided by; 1e-12 unless given. */
  readonly eps?: number;
}

/** Options of {@link withSpectralNorm}. */
export interface SpectralNormModuleOptions extends Omit<PowerIterationOptions, "axis"> {
  /** The axis of the rows of the matrix: that of the outputs unless given, 1 for transposed convolutions and 0 for others. */
  readonly axis?: number | undefined;
  /** Source of randomness of the first vectors; the default generator unless given. */
  readonly generator?: Generator | undefined;
}

const table: OptionTable<SpectralNormOptions> = { axis: option(ranges.integer, 0) };
const iterationTable: OptionTable<PowerIterationOptions> = {
  ...table,
  iterations: option(ranges.count, 1),
  eps: option(ranges.nonNegative, 1e-12),
};
const moduleTable: OptionTable<SpectralNormModuleOptions> = {
  ...iterationTable,
  axis: optional(ranges.integer),
  generator: optional(ranges.instanceOf(Generator)),
};

/** The weight as a matrix whose rows are the entries of `axis`. */
export function weightMatrix(fn: string, weight: Tensor, axis: number): Tensor {
  if (weight.ndim < 2) {
    throw new ShapeError(`${fn}: expected a weight of at least 2 axes, got shape ${formatShape(weight.shape)}.`);
  }
  const first = normalizeAxis(fn, axis, weight.ndim);
  const others = axesBut(fn, weight, first);
  const columns = sizeOf(others.map((i) => weight.shape[i]!));
  return (first === 0 ? weight : weight.permute([first, ...others])).reshape([weight.shape[first]!, columns]);
}

/** Throws unless the singular vectors `u` and `v` fit the matrix. */
function checkSides(fn: string, matrix: Tensor, u: Tensor, v: Tensor): void {
  checkDTypes(fn, { u, weight: matrix, v });
  const [rows, columns] = matrix.shape as readonly [number, number];
  checkVectors(fn, [rows], { u });
  checkVectors(fn, [columns], { v });
}

/**
 * Better approximations of a weight's first singular vectors: `v ← Wᵀu / ‖Wᵀu‖`, then `u ← Wv / ‖Wv‖`.
 *
 * Not recorded: the vectors are constants for the gradient.
 *
 * @param weight of any shape from 2 axes, read as a matrix with the rows of `axis`
 * @param u `[rows]`
 * @param v `[columns]`
 * @throws {ShapeError} when the vectors do not fit the matrix
 * @example
 * const [u, v] = powerIteration(tensor([[3, 0], [0, 1]]), tensor([0.6, 0.8]), zeros([2]), { iterations: 20 });
 * [u.toArray(), v.toArray()]; // => [[1, 0], [1, 0]]
 */
export function powerIteration(
  weight: Tensor,
  u: Tensor,
  v: Tensor,
  options: PowerIterationOptions = {},
): readonly [u: Tensor, v: Tensor] {
  expectTensor("powerIteration", "weight", weight);
  expectTensor("powerIteration", "u", u);
  expectTensor("powerIteration", "v", v);
  const { axis, iterations, eps } = settleOptions("powerIteration", options, iterationTable);
  const matrix = weightMatrix("powerIteration", weight, axis);
  checkSides("powerIteration", matrix, u, v);
  return withGradMode(false, () => {
    let [left, right] = [u, v];
    for (let i = 0; i < iterations; i++) {
      right = normalize(left.matmul(matrix), { axis: 0, eps });
      left = normalize(matrix.matmul(right), { axis: 0, eps });
    }
    return [left, right];
  });
}

/**
 * A weight divided by its largest singular value, which `u` and `v` approximate: `w / (uᵀ·W·v)`.
 *
 * Backward with constant u and v: `dW = (dw − u·vᵀ · Σ dw·w) / σ`. A weight of 0 stays 0.
 *
 * @param weight of any shape from 2 axes, read as a matrix W with the rows of `axis`
 * @param u left singular vector, `[rows]`
 * @param v right singular vector, `[columns]`
 * @throws {ShapeError} when the vectors do not fit the matrix
 * @see Miyato et al. 2018, https://arxiv.org/abs/1802.05957
 * @example
 * spectralNorm(tensor([[4, 0], [0, 1]]), tensor([1, 0]), tensor([1, 0])).toArray(); // => [[1, 0], [0, 0.25]]
 */
export function spectralNorm(weight: Tensor, u: Tensor, v: Tensor, options: SpectralNormOptions = {}): Tensor {
  expectTensor("spectralNorm", "weight", weight);
  expectTensor("spectralNorm", "u", u);
  expectTensor("spectralNorm", "v", v);
  const { axis } = settleOptions("spectralNorm", options, table);
  const matrix = weightMatrix("spectralNorm", weight, axis);
  checkSides("spectralNorm", matrix, u, v);
  const sigma = u.detach().matmul(matrix.matmul(v.detach()));
  return weight.div(sigma.maskedFill(sigma.eq(0), 1));
}

/** What {@link withSpectralNorm} adds to a module. */
export interface SpectralNormed {
  /** The weight before the division. */
  readonly weightOrig: Parameter;
  /** Left singular vector, `[rows]`. */
  readonly weightU: Buffer;
  /** Right singular vector, `[columns]`. */
  readonly weightV: Buffer;
}

/** Iterations before the first use, so that an untrained module is divided by about the right number. */
export const warmUp = 15;

/**
 * Makes a module divide its weight by the largest singular value, which bounds how much it can amplify, by
 * {@link spectralNorm}; `norms.spectralNorm` for users.
 *
 * Changes the module and returns it: `weightOrig` takes the place of the parameter `weight`, which is computed
 * from now on. In training every `forward` first improves the singular vectors by power iteration; evaluation
 * leaves them. The keys of the state dictionary are those of PyTorch's `nn.utils.spectral_norm`; those of
 * `parametrizations.spectral_norm` load too. Make the optimizer afterwards.
 *
 * @throws {ValueError} when the module has no parameter `weight`
 * @throws {ShapeError} for a weight of fewer than two axes
 * @example
 * const layer = norms.spectralNorm(new Dense(3, 2));
 * Object.keys(layer.stateDict()); // => ["bias", "weight_orig", "weight_u", "weight_v"]
 */
export function withSpectralNorm<M extends Weighted>(
  module: M,
  options: SpectralNormModuleOptions = {},
): M & SpectralNormed {
  const { axis: given, iterations, eps, generator } = settleOptions("spectralNorm", options, moduleTable);
  const weight = trainedWeight("spectralNorm", module);
  const axis = given ?? outputAxis(module);
  const [rows, columns] = weightMatrix("spectralNorm", weight, axis).shape as readonly [number, number];
  const settings = generator === undefined ? { dtype: weight.dtype } : { dtype: weight.dtype, generator };
  const random = (size: number): Buffer => new Buffer(randn([size], settings));
  const fields: SpectralNormed = {
    weightOrig: new Parameter(weight),
    weightU: random(rows),
    weightV: random(columns),
  };
  const improve = ({ weightOrig, weightU, weightV }: SpectralNormed, times: number): void => {
    const [u, v] = powerIteration(weightOrig, weightU, weightV, { axis, iterations: times, eps });
    assign(weightU, u);
    assign(weightV, v);
  };
  improve(fields, warmUp);
  return computeWeight(module, fields, {
    by: "spectralNorm",
    origin: "weightOrig",
    // The vectors of this very call: a later one must not change what its backward pass reads.
    compute: ({ weightOrig, weightU, weightV }) => spectralNorm(weightOrig, weightU.clone(), weightV.clone(), { axis }),
    beforeForward: (layer) => {
      const normed = layer as Weighted & SpectralNormed;
      if (normed.training) improve(normed, iterations);
      return undefined;
    },
    beforeLoad: loadAlso([
      ["parametrizations.weight.original", "weight_orig"],
      ["parametrizations.weight.0._u", "weight_u"],
      ["parametrizations.weight.0._v", "weight_v"],
    ]),
  });
}

/**
 * Takes {@link withSpectralNorm} back; `norms.removeSpectralNorm` for users.
 *
 * Changes the module and returns it: `weight` is a parameter again, divided as it is now, and the last one in the state
 * dictionary, as in PyTorch. Make the optimizer afterwards.
 *
 * @throws {ValueError} when the module has no weight of `spectralNorm`
 * @throws {CompileError} while a function is traced
 * @example
 * const layer = norms.removeSpectralNorm(norms.spectralNorm(new Dense(3, 2)));
 * Object.keys(layer.stateDict()); // => ["bias", "weight"]
 */
export function removeSpectralNorm<M extends Weighted>(module: M, ...none: []): M {
  expectNothing("removeSpectralNorm", none);
  return restoreWeight("removeSpectralNorm", module, "spectralNorm");
}
