import type { BatchNormOptions } from "../norms/activation/batch-norm.ts";
import type { GroupNormOptions } from "../norms/activation/group-norm.ts";
import type { InstanceNormOptions } from "../norms/activation/instance-norm.ts";
import type { LayerNormOptions } from "../norms/activation/layer-norm.ts";
import type { RMSNormOptions } from "../norms/activation/rms-norm.ts";
import type { OptionsOf } from "../norms/options-of.ts";

/** The options on which frameworks disagree, of one layer: they do not compile as those of another. */
type PresetOf<Layer extends string, Options extends object, Names extends keyof Options> = OptionsOf<Layer> &
  Readonly<Required<Pick<Options, Names>>>;

/** Options of the norms that frameworks disagree on: spread them, or give them in place of options. */
export interface Preset {
  /** Of `BatchNorm` and `DenseBatchNorm`. */
  readonly batchNorm: PresetOf<"BatchNorm", BatchNormOptions, "eps" | "momentum" | "runningVariance">;
  /** Of `LayerNorm` and `DenseLayerNorm`. */
  readonly layerNorm: PresetOf<"LayerNorm", LayerNormOptions, "eps">;
  /** Of `GroupNorm`. */
  readonly groupNorm: PresetOf<"GroupNorm", GroupNormOptions, "eps">;
  /** Of `InstanceNorm`. */
  readonly instanceNorm: PresetOf<"InstanceNorm", InstanceNormOptions, "eps" | "momentum">;
  /** Of `RMSNorm` and `DenseRMSNorm`. */
  readonly rmsNorm: PresetOf<"RMSNorm", RMSNormOptions, "eps">;
}

/** PyTorch's defaults, which are the defaults here. */
export const torch: Preset = {
  batchNorm: { eps: 1e-5, momentum: 0.1, runningVariance: "unbiased" },
  layerNorm: { eps: 1e-5 },
  groupNorm: { eps: 1e-5 },
  instanceNorm: { eps: 1e-5, momentum: 0.1 },
  rmsNorm: { eps: "machine" },
};

/**
 * Keras' defaults: eps 1e-3 (1e-6 for RMSNorm) and a biased running variance. Keras' momentum 0.99 weighs the
 * old value; here momentum weighs the new one, hence 0.01. A norm with weights of Keras needs them: `loadKerasWeights` of
 * `@tapegrad/io` takes gamma, beta and the moving averages, and turns the kernels of other layers into the layouts here.
 *
 * @example
 * new BatchNorm(64, presets.keras.batchNorm).momentum; // => 0.01
 * new LayerNorm(64, { ...presets.keras.layerNorm, bias: false }).eps; // => 0.001
 */
export const keras: Preset = {
  batchNorm: { eps: 1e-3, momentum: 0.01, runningVariance: "biased" },
  layerNorm: { eps: 1e-3 },
  groupNorm: { eps: 1e-3 },
  instanceNorm: { eps: 1e-3, momentum: 0.01 },
  rmsNorm: { eps: 1e-6 },
};
