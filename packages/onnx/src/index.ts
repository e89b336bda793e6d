export { exportOnnx, type Exportable, type ExportOptions } from "./export/export-onnx.ts";
