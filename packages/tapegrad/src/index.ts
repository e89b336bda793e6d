/**
 * The whole of tapegrad in one import: tensors, the tape and `compile` at the top level, everything else by name.
 *
 * @example
 * import { manualSeed, nn, optim, tensor } from "tapegrad";
 *
 * @module
 */
export * from "@tapegrad/autograd";
export * from "@tapegrad/compile";
export * as data from "@tapegrad/data";
export * as datasets from "@tapegrad/datasets";
export * as io from "@tapegrad/io";
export * as nn from "@tapegrad/nn";
export * as onnx from "@tapegrad/onnx";
export * as optim from "@tapegrad/optim";
export * from "@tapegrad/tensor";
export * as train from "@tapegrad/train";
