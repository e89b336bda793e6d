export type { Bytes } from "@tapegrad/io";
export { exportOnnx, type Exportable, type ExportOptions } from "./export/export-onnx.ts";
export { loadOnnx } from "./import/load-onnx.ts";
export type { OnnxInputs, OnnxModule } from "./import/onnx-module.ts";
export type { OnnxValue } from "./import/onnx-value.ts";
export type { LoadOnnxOptions } from "./import/program.ts";
