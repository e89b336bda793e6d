import { loadOnnx } from "../src/import/load-onnx.ts";
import type { OnnxModule } from "../src/import/onnx-module.ts";
import type { LoadOnnxOptions } from "../src/import/program.ts";
import { floats, type GraphSketch, modelBytes, type ModelSketch } from "./model-bytes.ts";

/** The module of a model as tests say it. */
export function load(graph: GraphSketch, sketch?: ModelSketch, options?: LoadOnnxOptions): OnnxModule {
  return loadOnnx(modelBytes(graph, sketch), options);
}

/** `y = x · w + b` with `[batch, 2]` and `[batch, 1]` */
export const linear: GraphSketch = {
  nodes: [{ op: "Gemm", name: "fc", inputs: ["x", "fc.weightQ", "fc.weightq"] }],
  inputs: [{ name: "x", shape: ["batch", 2] }],
  outputs: [{ name: "y", shape: ["batch", 1] }],
  initializers: [floats("fc.weightQ", [2, 1], [2, 3]), floats("fc.weightq", [1], [10])],
};
