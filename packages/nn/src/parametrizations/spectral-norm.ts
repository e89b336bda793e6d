import { assign, Generator, randn, type Tensor } from "@tapegrad/tensor";
import { option, optional, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { Buffer } from "../module/buffer.ts";
import { expectModule } from "../module/expect-module.ts";
import { loadAlso } from "../module/load-also.ts";
import { type AnyModule, Module } from "../module/module.ts";
import { snakeCase } from "../module/module-node.ts";
import { outputAxis } from "../norms/computed-weight.ts";
import { powerIteration, spectralNorm as normed, warmUp, weightMatrix } from "../norms/weight/spectral-norm.ts";
import { originalOf, type Parametrized, register } from "./register-parametrization.ts";

/** Options of `parametrizations.spectralNorm`. */
export interface SpectralNormParametrizationOptions<Name extends string = string> {
  /** The field with the parameter, "weight" unless given. */
  readonly name?: Name;
  /** How often both vectors are improved whenever the weight is read in training; 1 unless given. */
  readonly iterations?: number;
  /** The least that a vector is divided by; 1e-12 unless given. */
  readonly eps?: number;
  /** The axis of the rows of the matrix: that of the outputs unless given, 1 for transposed convolutions and 0 for others. */
  readonly axis?: number | undefined;
  /** Source of randomness of the first vectors; the default generator unless given. */
  readonly generator?: Generator | undefined;
}

const table: OptionTable<SpectralNormParametrizationOptions> = {
  name: option(ranges.text, "weight"),
  iterations: option(ranges.count, 1),
  eps: option(ranges.nonNegative, 1e-12),
  axis: optional(ranges.integer),
  generator: optional(ranges.instanceOf(Generator)),
};

/** How singular vectors are improved. */
type Settings = Required<Pick<SpectralNormParametrizationOptions, "iterations" | "eps">> & { readonly axis: number };

/** A weight divided by its largest singular value. */
class SpectralNormParametrization extends Module<[weight: Tensor]> {
  static override readonly name: string = "SpectralNorm";
  /** Left singular vector, `[rows]`. */
  readonly u: Buffer;
  /** Right singular vector, `[columns]`. */
  readonly v: Buffer;
  private readonly settings: Settings;

  constructor(weight: Tensor, settings: Settings, generator: Generator | undefined) {
    super();
    this.settings = settings;
    const [rows, columns] = weightMatrix("spectralNorm", weight, settings.axis).shape as readonly [number, number];
    this.u = new Buffer(randn([rows], { dtype: weight.dtype as "float32", generator }));
    this.v = new Buffer(randn([columns], { dtype: weight.dtype as "float32", generator }));
    this.improve(weight, warmUp);
  }

  /** First u and then v, as in PyTorch, where the older form begins with v. */
  private improve(weight: Tensor, iterations: number): void {
    const { axis, eps } = this.settings;
    const transposed = weightMatrix("spectralNorm", weight, axis).transpose();
    const [v, u] = powerIteration(transposed, this.v, this.u, { iterations, eps });
    assign(this.u, u);
    assign(this.v, v);
  }

  override stateKey(name: string): string {
    return `_${name}`;
  }

  override forward(weight: Tensor): Tensor {
    if (this.training) this.improve(weight, this.settings.iterations);
    // The vectors of this very call: a later one must not change what its backward pass reads.
    return normed(weight, this.u.clone(), this.v.clone(), { axis: this.settings.axis });
  }

  rightInverse(value: Tensor): Tensor {
    return value;
  }
}

/**
 * Makes a module divide a weight by its largest singular value, as a parametrization: PyTorch's `parametrizations.spectral_norm`.
 *
 * Changes the module and returns it: `parametrizations[name]` has the weight before, `original`, and the singular vectors. In training
 * each reading of the weight first improves them; evaluation leaves them. States of PyTorch's older `spectral_norm`, which have
 * `weight_orig`, `weight_u` and `weight_v`, load too. `norms.spectralNorm` is that older form. Make the optimizer afterwards; take it
 * back with `parametrize.removeParametrizations`.
 *
 * @throws {ValueError} when the module has no such parameter
 * @throws {ShapeError} for a weight of fewer than two axes, or an axis that it does not have
 * @see Miyato et al. 2018, https://arxiv.org/abs/1802.05957
 * @example
 * const layer = parametrizations.spectralNorm(new Dense(3, 2, { bias: false }));
 * Object.keys(layer.stateDict()).map((key) => key.slice(24)); // => ["original", "0._u", "0._v"]
 */
export function spectralNorm<M extends AnyModule, Name extends string = "weight">(
  module: M,
  options: SpectralNormParametrizationOptions<Name> = {},
): M & Parametrized<Name> {
  const fn = "spectralNorm";
  const { name, axis, iterations, eps, generator } = settleOptions(fn, options, table);
  expectModule(fn, "module", module);
  const weight = originalOf(fn, module, name).detach();
  const settings = { axis: axis ?? outputAxis(module), iterations, eps };
  const parametrization = new SpectralNormParametrization(weight, settings, generator);
  const key = snakeCase(name);
  const beforeLoad = loadAlso([
    [`${key}_orig`, `parametrizations.${key}.original`],
    [`${key}_u`, `parametrizations.${key}.0._u`],
    [`${key}_v`, `parametrizations.${key}.0._v`],
  ]);
  return register(fn, module, name as Name, parametrization, { unsafe: false, beforeLoad });
}
