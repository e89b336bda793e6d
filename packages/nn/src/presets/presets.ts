import {
  forgetOnes,
  lecunNormalTransposed,
  newGateUniform,
  orthogonalGates,
  scaledNormal,
  uniformTransposed,
} from "./initialisers.ts";
import type { Preset, WithGroups, WithLocalResponseNorm } from "./preset.ts";

export type { Preset, WithGroups, WithLocalResponseNorm };

const drawn = { init: undefined, biasInit: undefined } as const;
const drawnCell = { ...drawn, recurrentInit: undefined, recurrentBiasInit: undefined } as const;

/** PyTorch's defaults, which are the defaults here. */
export const torch: Preset & WithLocalResponseNorm = {
  batchNorm: { eps: 1e-5, momentum: 0.1, runningVariance: "unbiased" },
  layerNorm: { eps: 1e-5 },
  groupNorm: { eps: 1e-5 },
  instanceNorm: { eps: 1e-5, momentum: 0.1, affine: false },
  rmsNorm: { eps: "machine" },
  localResponseNorm: { alpha: 1e-4, beta: 0.75, k: 1, average: true },
  dense: drawn,
  conv: drawn,
  convTranspose: drawn,
  embedding: { init: undefined },
  rnn: drawnCell,
  gru: drawnCell,
  lstm: drawnCell,
  leakyRelu: { negativeSlope: 0.01 },
  gelu: { approximate: "none" },
  prelu: { init: 0.25 },
};

const glorot = { init: "glorotUniform", biasInit: "zeros" } as const;
const glorotCell = { ...glorot, recurrentInit: "orthogonal", recurrentBiasInit: "zeros" } as const;

/**
 * Keras' defaults: eps 1e-3 (1e-6 for RMSNorm), a biased running variance, Glorot's initialisers. Keras' momentum 0.99 weighs
 * the old value; here momentum weighs the new one, hence 0.01. A norm with weights of Keras needs them: `loadKerasWeights` of
 * `@tapegrad/io` takes gamma, beta and the moving averages, and turns the kernels of other layers into the layouts here.
 *
 * tf.keras 2 keeps the unbiased running variance of images, which its fused kernel computes, and the biased one of all other
 * inputs: `{ ...presets.keras.batchNorm, runningVariance: "unbiased" }`. Its local response norm is `tf.nn.lrn`, with
 * `new LocalResponseNorm(2 * depthRadius + 1, presets.keras.localResponseNorm)`.
 *
 * @example
 * new BatchNorm(64, presets.keras.batchNorm).momentum; // => 0.01
 * new LayerNorm(64, { ...presets.keras.layerNorm, bias: false }).eps; // => 0.001
 * new GroupNorm(presets.keras.groups, 64, presets.keras.groupNorm).groups; // => 32
 */
export const keras: Preset & WithGroups & WithLocalResponseNorm = {
  batchNorm: { eps: 1e-3, momentum: 0.01, runningVariance: "biased" },
  layerNorm: { eps: 1e-3 },
  groups: 32,
  groupNorm: { eps: 1e-3 },
  // GroupNormalization(groups=-1), which is trained.
  instanceNorm: { eps: 1e-3, momentum: 0.01, affine: true },
  rmsNorm: { eps: 1e-6 },
  localResponseNorm: { alpha: 1, beta: 0.5, k: 1, average: false },
  dense: glorot,
  conv: glorot,
  convTranspose: glorot,
  embedding: { init: "randomUniform" },
  rnn: glorotCell,
  gru: glorotCell,
  lstm: { ...glorotCell, biasInit: forgetOnes },
  leakyRelu: { negativeSlope: 0.3 },
  gelu: { approximate: "none" },
  prelu: { init: 0 },
};

const lecun = { init: "lecunNormal", biasInit: "zeros" } as const;
const lecunCell = { ...lecun, recurrentInit: orthogonalGates, recurrentBiasInit: "zeros" } as const;

/**
 * Flax's defaults: eps 1e-6 (1e-5 for BatchNorm), a biased running variance, LeCun's initialisers, GELU by tanh. Flax's
 * momentum 0.99 weighs the old value; here momentum weighs the new one, hence 0.01.
 *
 * @example
 * new BatchNorm(64, presets.flax.batchNorm).eps; // => 0.00001
 * new Dense(64, 10, presets.flax.dense).bias.abs().max().item(); // => 0
 */
export const flax: Preset & WithGroups = {
  batchNorm: { eps: 1e-5, momentum: 0.01, runningVariance: "biased" },
  layerNorm: { eps: 1e-6 },
  groups: 32,
  groupNorm: { eps: 1e-6 },
  instanceNorm: { eps: 1e-6, momentum: 0.01, affine: true },
  rmsNorm: { eps: 1e-6 },
  dense: lecun,
  conv: lecun,
  convTranspose: { init: lecunNormalTransposed, biasInit: "zeros" },
  embedding: { init: scaledNormal },
  rnn: lecunCell,
  gru: lecunCell,
  lstm: lecunCell,
  leakyRelu: { negativeSlope: 0.01 },
  gelu: { approximate: "tanh" },
  prelu: { init: 0.01 },
};

const oneBias = { ...drawnCell, recurrentBiasInit: "zeros" } as const;

/**
 * MLX's defaults: those of PyTorch but for RMSNorm's eps 1e-5, embeddings, biases of convolutions, which begin at 0, and
 * recurrent layers with one bias instead of two. The running variance is the unbiased one since 2026, and was the biased one
 * before. MLX's GroupNorm puts channel c into group `c mod groups` unless `pytorch_compatible`: that is another layout,
 * not another option.
 *
 * @example
 * new RMSNorm(64, presets.mlx.rmsNorm).eps; // => 0.00001
 */
export const mlx: Preset = {
  batchNorm: { eps: 1e-5, momentum: 0.1, runningVariance: "unbiased" },
  layerNorm: { eps: 1e-5 },
  groupNorm: { eps: 1e-5 },
  instanceNorm: { eps: 1e-5, momentum: 0.1, affine: false },
  rmsNorm: { eps: 1e-5 },
  dense: drawn,
  conv: { init: undefined, biasInit: "zeros" },
  convTranspose: { init: uniformTransposed, biasInit: "zeros" },
  embedding: { init: scaledNormal },
  rnn: oneBias,
  gru: { ...drawnCell, recurrentBiasInit: newGateUniform },
  lstm: oneBias,
  leakyRelu: { negativeSlope: 0.01 },
  gelu: { approximate: "none" },
  prelu: { init: 0.25 },
};
