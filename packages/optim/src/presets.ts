import type { AdadeltaOptions } from "./algorithms/adadelta.ts";
import type { AdagradOptions } from "./algorithms/adagrad.ts";
import type { AdamOptions } from "./algorithms/adam.ts";
import type { AdamaxOptions } from "./algorithms/adamax.ts";
import type { LionOptions } from "./algorithms/lion.ts";
import type { NAdamOptions } from "./algorithms/nadam.ts";
import type { RMSpropOptions } from "./algorithms/rmsprop.ts";
import type { SGDOptions } from "./algorithms/sgd.ts";

/** Options on which frameworks disagree, and the rate where there is a default of it. */
type PresetOf<Options extends { readonly lr?: unknown }, Names extends keyof Options> = Pick<Options, "lr"> &
  Readonly<Required<Pick<Options, Names>>>;

/**
 * Options of optimizers that frameworks disagree on: spread them, or give them in place of options. Where the framework has
 * no default for the rate there is none here; give `lr`.
 */
export interface Preset {
  /** Of `SGD`. */
  readonly sgd: Pick<SGDOptions, "lr">;
  /** Of `Adam`. */
  readonly adam: PresetOf<AdamOptions, "eps" | "epsHat" | "biasCorrection">;
  /** Of `AdamW`. */
  readonly adamW: PresetOf<AdamOptions, "eps" | "epsHat" | "biasCorrection" | "weightDecay">;
  /** Of `RMSprop`. */
  readonly rmsprop: PresetOf<RMSpropOptions, "alpha" | "eps" | "epsInside">;
  /** Of `Adagrad`. */
  readonly adagrad: PresetOf<AdagradOptions, "initialAccumulatorValue" | "eps" | "epsInside">;
  /** Of `Adadelta`. */
  readonly adadelta: PresetOf<AdadeltaOptions, "rho" | "eps">;
}

/** What frameworks have that have the formula of `Adamax` here. */
export interface WithAdamax {
  /** Of `Adamax`. */
  readonly adamax: PresetOf<AdamaxOptions, "eps">;
}

/** What frameworks have that have the formula of `NAdam` here. */
export interface WithNAdam {
  /** Of `NAdam`. */
  readonly nAdam: PresetOf<NAdamOptions, "eps" | "momentumDecay">;
}

/** What frameworks have that have `Lion`. */
export interface WithLion {
  /** Of `Lion`. */
  readonly lion: PresetOf<LionOptions, "weightDecay">;
}

/** PyTorch's defaults, which are the defaults here. */
export const torch: Preset & WithAdamax & WithNAdam = {
  sgd: { lr: 1e-3 },
  adam: { lr: 1e-3, eps: 1e-8, epsHat: false, biasCorrection: true },
  adamW: { lr: 1e-3, eps: 1e-8, epsHat: false, biasCorrection: true, weightDecay: 0.01 },
  rmsprop: { lr: 0.01, alpha: 0.99, eps: 1e-8, epsInside: false },
  adagrad: { lr: 0.01, initialAccumulatorValue: 0, eps: 1e-10, epsInside: false },
  adadelta: { lr: 1, rho: 0.9, eps: 1e-6 },
  adamax: { lr: 2e-3, eps: 1e-8 },
  nAdam: { lr: 2e-3, eps: 1e-8, momentumDecay: 4e-3 },
};

/**
 * Keras' defaults: a rate of 1e-3, and eps 1e-7, which Adam adds before it corrects the second moment (ε̂), and RMSprop and
 * Adagrad inside the root. `weight_decay` of Keras shrinks weights by `lr · decay` whatever the optimizer: here AdamW does, and
 * others with `decoupledWeightDecay`. A `kernel_regularizer` of `L2(λ)` adds λ·Σw² to the loss, which for SGD is `weightDecay: 2 * λ`.
 * Its Adamax adds eps to the largest gradient, PyTorch's and ours to each.
 *
 * @example
 * const w = tensor([1], { dtype: "float64", requiresGrad: true });
 * const optimizer = new Adam([w], presets.keras.adam);
 * w.mul(1e-6).sum().backward();
 * optimizer.step();
 * w.item(); // => 0.99976
 */
export const keras: Preset & WithNAdam & WithLion = {
  sgd: { lr: 0.01 },
  adam: { lr: 1e-3, eps: 1e-7, epsHat: true, biasCorrection: true },
  adamW: { lr: 1e-3, eps: 1e-7, epsHat: true, biasCorrection: true, weightDecay: 0.004 },
  rmsprop: { lr: 1e-3, alpha: 0.9, eps: 1e-7, epsInside: true },
  adagrad: { lr: 1e-3, initialAccumulatorValue: 0.1, eps: 1e-7, epsInside: true },
  adadelta: { lr: 1e-3, rho: 0.95, eps: 1e-7 },
  nAdam: { lr: 1e-3, eps: 1e-7, momentumDecay: 1 },
  lion: { lr: 1e-3, weightDecay: 0 },
};

/** Defaults of optax, with which Flax trains: PyTorch's but for these. Its `nadam` has another formula than ours. */
export const flax: Preset & WithAdamax & WithLion = {
  sgd: {},
  adam: { eps: 1e-8, epsHat: false, biasCorrection: true },
  adamW: { eps: 1e-8, epsHat: false, biasCorrection: true, weightDecay: 1e-4 },
  rmsprop: { alpha: 0.9, eps: 1e-8, epsInside: true },
  adagrad: { initialAccumulatorValue: 0.1, eps: 1e-7, epsInside: true },
  adadelta: { rho: 0.9, eps: 1e-6 },
  adamax: { eps: 1e-8 },
  lion: { weightDecay: 1e-3 },
};

/** MLX's defaults: PyTorch's but for an Adam that does not correct its moments. Nor does its Adamax, which ours does. */
export const mlx: Preset & WithLion = {
  sgd: {},
  adam: { eps: 1e-8, epsHat: false, biasCorrection: false },
  adamW: { eps: 1e-8, epsHat: false, biasCorrection: false, weightDecay: 0.01 },
  rmsprop: { alpha: 0.99, eps: 1e-8, epsInside: false },
  adagrad: { initialAccumulatorValue: 0, eps: 1e-8, epsInside: false },
  adadelta: { rho: 0.9, eps: 1e-6 },
  lion: { weightDecay: 0 },
};
