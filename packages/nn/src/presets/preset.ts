import type { GeluOptions } from "../activations/gelu.ts";
import type { LeakyReluOptions } from "../activations/leaky-relu.ts";
import type { PReLUOptions } from "../activations/prelu.ts";
import type { AffineOptions } from "../dense/affine-parameters.ts";
import type { EmbeddingOptions } from "../embedding/embedding.ts";
import type { BatchNormOptions } from "../norms/activation/batch-norm.ts";
import type { GroupNormOptions } from "../norms/activation/group-norm.ts";
import type { InstanceNormOptions } from "../norms/activation/instance-norm.ts";
import type { LayerNormOptions } from "../norms/activation/layer-norm.ts";
import type { LocalResponseNormOptions } from "../norms/activation/local-response-norm.ts";
import type { RMSNormOptions } from "../norms/activation/rms-norm.ts";
import type { OptionsOf } from "../module/options-of.ts";
import type { CellOptions } from "../recurrent/recurrent-cell.ts";

/** The options on which frameworks disagree, of one layer: they do not compile as those of another. */
type PresetOf<Layer extends string, Options extends object, Names extends keyof Options> = OptionsOf<Layer> &
  Readonly<Required<Pick<Options, Names>>>;

type Inits<Layer extends string> = PresetOf<Layer, AffineOptions, "init" | "biasInit">;
type CellInits<Layer extends string> = PresetOf<
  Layer,
  CellOptions,
  "init" | "recurrentInit" | "biasInit" | "recurrentBiasInit"
>;

/**
 * Options that frameworks disagree on, by layer: spread them, or give them in place of options. An initialiser that is
 * undefined is PyTorch's.
 */
export interface Preset {
  /** Of `BatchNorm` and `DenseBatchNorm`. */
  readonly batchNorm: PresetOf<"BatchNorm", BatchNormOptions, "eps" | "momentum" | "runningVariance">;
  /** Of `LayerNorm` and `DenseLayerNorm`. */
  readonly layerNorm: PresetOf<"LayerNorm", LayerNormOptions, "eps">;
  /** Of `GroupNorm`. */
  readonly groupNorm: PresetOf<"GroupNorm", GroupNormOptions, "eps">;
  /** Of `InstanceNorm`. */
  readonly instanceNorm: PresetOf<"InstanceNorm", InstanceNormOptions, "eps" | "momentum" | "affine">;
  /** Of `RMSNorm` and `DenseRMSNorm`. */
  readonly rmsNorm: PresetOf<"RMSNorm", RMSNormOptions, "eps">;
  /** Of `Dense`. */
  readonly dense: Inits<"Dense">;
  /** Of `Conv1d`, `Conv2d` and `Conv3d`. */
  readonly conv: Inits<"Conv">;
  /** Of `ConvTranspose1d`, `ConvTranspose2d` and `ConvTranspose3d`. */
  readonly convTranspose: Inits<"ConvTranspose">;
  /** Of `Embedding`. */
  readonly embedding: PresetOf<"Embedding", EmbeddingOptions, "init">;
  /** Of `RNN` and `RNNCell`. */
  readonly rnn: CellInits<"RNN">;
  /** Of `GRU` and `GRUCell`. */
  readonly gru: CellInits<"GRU">;
  /** Of `LSTM` and `LSTMCell`. */
  readonly lstm: CellInits<"LSTM">;
  /** Of `LeakyReLU` and `leakyRelu`. */
  readonly leakyRelu: Readonly<Required<LeakyReluOptions>>;
  /** Of `GELU` and `gelu`. */
  readonly gelu: Readonly<Required<GeluOptions>>;
  /** Of `PReLU`. */
  readonly prelu: Readonly<Required<Pick<PReLUOptions, "init">>>;
}

/** What frameworks have that know a default for the groups of a `GroupNorm`. */
export interface WithGroups {
  /** The first argument of `GroupNorm`. */
  readonly groups: number;
}

/** What frameworks have that know local response normalization. */
export interface WithLocalResponseNorm {
  /** Of `LocalResponseNorm`. */
  readonly localResponseNorm: Readonly<Required<LocalResponseNormOptions>>;
}
