import { compile, exportWasm, io, onnx, type Tensor } from "tapegrad";
import type { Trained } from "./train-net.ts";

/** Files by name. */
export type Files = Readonly<Record<FileName, Uint8Array>>;

export type FileName = "predict.wasm" | "train.wasm" | "model.onnx" | "model.safetensors";

/** The network as files: what it says of one image as a program, the step that trains it, a graph, and its weights. */
export function ship({ net, step, test, batches }: Trained): Files {
  const predict = compile((image: Tensor) => net.forward(image));
  const image = test.x.slice([0, 1]);
  return {
    "predict.wasm": exportWasm(predict, [image], { state: net }).wasm,
    "train.wasm": exportWasm(step, [...batches[0]!], { state: net }).wasm,
    "model.onnx": onnx.exportOnnx(net, [image]),
    "model.safetensors": io.encodeSafetensors(net.stateDict()),
  };
}
