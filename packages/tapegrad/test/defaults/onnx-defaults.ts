import { type DefaultTable, only, unset } from "./default-table.ts";

/** ONNX models. */
export const onnxDefaults: DefaultTable = {
  "onnx.loadOnnx": { options: only({ externalData: unset, maxBytes: 2 ** 31 - 1, maxElements: 2 ** 27 }) },
  "onnx.exportOnnx": { options: only({ opset: 17, dynamicBatch: true, inputNames: unset, outputNames: unset }) },
};
