import { nn, ones, type Tensor, tensor } from "../../src/index.ts";
import type { Rows } from "./rows.ts";

/** What a row takes, in words, and arguments of that kind. */
export type Made = readonly [takes: string, args: () => readonly unknown[]];

type Layer = new (...args: unknown[]) => object;

/** Two samples of four features. */
export const x = (): Tensor => ones([2, 4]);
/** A class, or a row, for each of them. */
export const index = (): Tensor => tensor([0, 1], { dtype: "int32" });
/** A sample of two channels. */
export const image = (rank: number): Tensor => ones([1, 2, ...Array.from({ length: rank }, () => 4)]);

/** Functions that speak for a layer, where their names differ. */
const sayings: Readonly<Record<string, string>> = {
  Activation: "relu",
  UpSampling: "interpolate",
  ZeroPad: "pad",
  ConstantPad: "pad",
  ReflectionPad: "pad",
  ReplicationPad: "pad",
  CircularPad: "pad",
  Dense: "linear",
  Highway: "linear",
  GatedFeedForward: "linear",
  UnitNorm: "normalize",
  MLPConv: "conv2d",
  BasicBlock: "conv2d",
  ResNet: "conv2d",
  DenseBlock: "(batchNorm|conv2d|cat)",
  DenseNet: "conv2d",
  FiLM: "(linear|film)",
  ConditionalBatchNorm: "(linear|conditionalBatchNorm)",
  AdaptiveLayerNorm: "(linear|adaptiveLayerNorm)",
  AdaptiveLayerNormZero: "(linear|adaptiveLayerNorm|AdaptiveLayerNormZero)",
  SPADE: "(conv2d|spade)",
  ModulatedConv2d: "(linear|modulatedConv2d)",
  DenseBatchNorm: "(linear|batchNorm)",
  DenseLayerNorm: "linear",
  DenseRMSNorm: "linear",
  BCELoss: "binaryCrossEntropy",
  BinaryFocalCrossEntropyLoss: "binaryFocalCrossEntropy",
  PolyCrossEntropyLoss: "polyCrossEntropy",
  CategoricalFocalCrossEntropyLoss: "categoricalFocalCrossEntropy",
  GeneralizedCrossEntropyLoss: "generalizedCrossEntropy",
  BCEWithLogitsLoss: "binaryCrossEntropyWithLogits",
  CosineDense: "cosineNorm",
  CenteredCosineDense: "centeredCosineNorm",
  CrossEntropyLoss: "crossEntropy",
  CategoricalCrossEntropyLoss: "categoricalCrossEntropy|crossEntropy",
  GatedBlocks: "linear",
  Residual: "linear",
  ScaledDense: "linear",
  Sequential: "linear",
  TransformerEncoderLayer: "(linear|layerNorm|MultiHeadAttention)",
  TransformerEncoder: "(linear|layerNorm|MultiHeadAttention)",
  TransformerDecoderLayer: "(linear|layerNorm|MultiHeadAttention)",
  TransformerDecoder: "(linear|layerNorm|MultiHeadAttention)",
  Transformer: "(linear|layerNorm|MultiHeadAttention)",
};

/** Rows of a layer's constructor and of its `forward`, for which its function may speak. */
export function layers(names: string, [takes, args]: Made, [inputs, given]: Made = ["tensor", () => [x()]]): Rows {
  const rows: Record<string, Rows[string]> = {};
  for (const name of names.split(" ")) {
    const says = sayings[name] ?? Object.keys(nn.functional).find((fn) => fn.toLowerCase() === name.toLowerCase());
    const Class = nn[name as keyof typeof nn] as unknown as Layer;
    rows[`nn.${name}`] = [takes, args];
    rows[`nn.${name}.forward`] = [inputs, () => [new Class(...args()), ...given()], says];
  }
  return rows;
}

/** {@link layers} of a layer for each number of spatial axes. */
export function ranks(
  name: string,
  takes: string,
  args: () => readonly unknown[],
  forward: (rank: number) => Made = (rank) => ["tensor", () => [image(rank)]],
): Rows {
  return Object.assign({}, ...[1, 2, 3].map((rank) => layers(`${name}${rank}d`, [takes, args], forward(rank)))) as Rows;
}

export const pair: Made = ["tensor tensor", () => [x().mul(0.5), x().mul(0.5)]];
export const options: Made = ["options?", () => [{}]];
export const shape: Made = ["someNumbers options?", () => [4, {}]];
export const masked: Made = ["tensor tensor?", () => [x(), x().gt(0)]];
export const sizes: Made = ["number number options?", () => [4, 4, {}]];
