import { nn } from "tapegrad";
import { RMSNorm } from "./rms-norm.ts";

const { Activation, BatchNorm, Dense, DenseBatchNorm, DenseLayerNorm, DenseRMSNorm, LayerNorm, Sequential } = nn;
const { keras } = nn.presets;

/** The images: 784 pixels in, probabilities of ten classes out. */
export const imageNets = {
  "layer-norm": (): nn.Sequential =>
    new Sequential(
      new Dense(784, 64, { init: "glorot_uniform", biasInit: "zeros" }),
      new LayerNorm(64, keras.layerNorm),
      new Activation("relu"),
      new Dense(64, 32, { activation: "relu", init: "glorot_uniform", biasInit: "zeros" }),
      new Dense(32, 10, { activation: "softmax", init: "glorot_uniform", biasInit: "zeros" }),
    ),
  "own-rms-norm": (): nn.Sequential =>
    new Sequential(
      new Dense(784, 64, { init: "he_normal", biasInit: "zeros" }),
      new RMSNorm(64, { epsilon: 1e-6, gammaInitializer: "ones", gammaRegularizer: nn.regularizers.l2(1e-4), gammaConstraint: "non_neg" }),
      new Activation("relu"),
      new Dense(64, 10, { activation: "softmax", init: "glorot_uniform", biasInit: "zeros" }),
    ),
  "batch-norm": (): nn.Sequential =>
    new Sequential(
      new Dense(784, 64, { init: "glorot_uniform", biasInit: "zeros" }),
      new BatchNorm(64, keras.batchNorm),
      new Activation("relu"),
      new Dense(64, 32, { init: "glorot_uniform", biasInit: "zeros" }),
      new BatchNorm(32, keras.batchNorm),
      new Activation("relu"),
      new Dense(32, 10, { activation: "softmax", init: "glorot_uniform", biasInit: "zeros" }),
    ),
  "dense-layer-norm": (): nn.Sequential =>
    new Sequential(
      new DenseLayerNorm(784, 64, { ...keras.layerNorm, activation: "relu" }),
      new DenseLayerNorm(64, 32, { ...keras.layerNorm, activation: nn.functional.relu }),
      new Dense(32, 10, { activation: "softmax" }),
    ),
  "dense-rms-norm": (): nn.Sequential =>
    new Sequential(
      new DenseRMSNorm(784, 64, { ...keras.rmsNorm, activation: "relu" }),
      new DenseRMSNorm(64, 32, { ...keras.rmsNorm, activation: (x) => x.relu() }),
      new Dense(32, 10, { activation: "softmax" }),
    ),
  "dense-batch-norm": (): nn.Sequential =>
    new Sequential(
      new DenseBatchNorm(784, 64, { ...keras.batchNorm, activation: "relu" }),
      new DenseBatchNorm(64, 32, { ...keras.batchNorm, activation: nn.functional.relu }),
      new Dense(32, 10, { activation: "softmax" }),
    ),
} as const; // prettier-ignore

/** The table: ten features in, one probability out; the norms stand after the activation. */
export const tableNets = {
  "binary-batch-norm": (): nn.Sequential =>
    new Sequential(
      new Dense(10, 64, { activation: "relu", init: "glorot_uniform", biasInit: "zeros" }),
      new BatchNorm(64, keras.batchNorm),
      new Dense(64, 32, { activation: "relu", init: "glorot_uniform", biasInit: "zeros" }),
      new BatchNorm(32, keras.batchNorm),
      new Dense(32, 1, { activation: "sigmoid", init: "glorot_uniform", biasInit: "zeros" }),
    ),
  "binary-layer-norm": (): nn.Sequential =>
    new Sequential(
      new Dense(10, 64, { activation: "relu", init: "glorot_uniform", biasInit: "zeros" }),
      new LayerNorm(64, keras.layerNorm),
      new Dense(64, 32, { activation: "relu", init: "glorot_uniform", biasInit: "zeros" }),
      new LayerNorm(32, keras.layerNorm),
      new Dense(32, 1, { activation: "sigmoid", init: "glorot_uniform", biasInit: "zeros" }),
    ),
} as const;

/** 784-64-32-10 with a norm before or after each activation. */
export function orderedNet(norm: "BatchNorm" | "LayerNorm", order: "before" | "after"): nn.Sequential {
  const hidden = (inside: number, outside: number): nn.Module[] => {
    const between = norm === "BatchNorm" ? new BatchNorm(outside, keras.batchNorm) : new LayerNorm(outside, keras.layerNorm);
    const pair = [between, new Activation("relu")];
    return [new Dense(inside, outside), ...(order === "before" ? pair : pair.toReversed())];
  }; // prettier-ignore
  return new Sequential(...hidden(784, 64), ...hidden(64, 32), new Dense(32, 10, { activation: "softmax" }));
}
