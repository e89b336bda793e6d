import { describe, expect, it } from "vitest";
import { exportOnnx } from "../../src/index.ts";
import { expectSameInRuntime } from "./expect-same-outputs.ts";
import { batchesOf, layerCall, layerNames } from "./layer-calls.ts";
import { operatorsOf } from "./operators-of.ts";

describe("layers", () => {
  it.each(layerNames)("give in ONNX Runtime what they give here, for two sizes of batches: %s", async (name) => {
    const call = layerCall(name);
    const { layer, inputs, dynamicBatch } = call;
    const bytes = exportOnnx(layer, inputs, { dynamicBatch });
    await expectSameInRuntime(bytes, layer, batchesOf(call));
    const newest = exportOnnx(layer, inputs, { opset: 23, dynamicBatch });
    // Where another version says something otherwise.
    const operators = operatorsOf(newest);
    if (operators === operatorsOf(bytes) && !operators.includes("Reduce")) return;
    await expectSameInRuntime(newest, layer, batchesOf(call));
  });
});

/** What layers are in ONNX's own operators, by version where it matters. */
const own: Readonly<Record<string, string | Readonly<Record<number, string>>>> = {
  Dense: "Gemm",
  Conv1d: "Conv",
  Conv3d: "Conv",
  ConvTranspose2d: "ConvTranspose",
  MaxPool2d: "MaxPool",
  AvgPool2d: "AveragePool",
  AdaptiveAvgPool2d: "AveragePool",
  GlobalAvgPool: "ReduceMean",
  BatchNorm: "BatchNormalization",
  LayerNorm: "LayerNormalization",
  LocalResponseNorm: "LRN",
  DenseBatchNorm: "Gemm BatchNormalization Relu",
  GroupNorm: { 20: "Reshape Reshape Reshape LayerNormalization Reshape Mul Add", 21: "GroupNormalization" },
  RMSNorm: { 22: "Mul ReduceMean Add Sqrt Reciprocal Mul Mul", 23: "RMSNormalization" },
  GELU: { 19: "Mul Mul Erf Sub Mul", 20: "Gelu" },
  Mish: { 17: "Softplus Tanh Mul", 18: "Mish" },
  Softmax: "Softmax",
  LogSoftmax: "LogSoftmax",
  ReLU: "Relu",
  ReLU6: "Clip",
  Tanh: "Tanh",
  ELU: "Elu",
  SELU: "Selu",
  CELU: "Celu",
  PReLU: "PRelu",
  LeakyReLU: "LeakyRelu",
  HardSigmoid: "HardSigmoid",
  HardSwish: "HardSwish",
  Softsign: "Softsign",
  Sequential: "Gemm Relu BatchNormalization",
  Embedding: "Gather",
  Dropout: "Identity",
  PixelShuffle: "DepthToSpace",
  ReflectionPad: "Pad",
  ReplicationPad: "Pad",
  ZeroPad: "Pad",
  ConstantPad: "Pad",
  PixelUnshuffle: "Reshape Transpose Reshape",
  LSTM: "Split Concat Unsqueeze Split Concat Unsqueeze Split Concat Split Concat Concat Unsqueeze LSTM Squeeze",
  RNN: "Unsqueeze Unsqueeze Concat Unsqueeze RNN Squeeze",
};

describe("layers that ONNX has too", () => {
  const rows = Object.entries(own).flatMap(([name, operators]) =>
    typeof operators === "string"
      ? [[name, 17, operators] as const]
      : Object.entries(operators).map(([opset, those]) => [name, Number(opset), those] as const),
  );

  it.each(rows)("are its operators: %s in version %i", (name, opset, operators) => {
    const { layer, inputs } = layerCall(name);
    const sorted = (words: string): string[] => words.split(" ").toSorted();
    expect(sorted(operatorsOf(exportOnnx(layer, inputs, { opset })))).toEqual(sorted(operators));
  });
});
