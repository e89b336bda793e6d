import { callbackRows } from "./callback-rows.ts";
import { containerRows } from "./container-rows.ts";
import { datasetsRows } from "./datasets-rows.ts";
import { functionalRows } from "./functional-rows.ts";
import { kerasWeightsRows } from "./keras-weights-rows.ts";
import { layerRows } from "./layer-rows.ts";
import { lossLayerRows } from "./loss-layer-rows.ts";
import { sequenceRows } from "./sequence-rows.ts";
import { metricRows } from "./metric-rows.ts";
import { modelRows } from "./model-rows.ts";
import { numpyRows } from "./numpy-rows.ts";
import { onnxRows } from "./onnx-rows.ts";
import { reportRows } from "./report-rows.ts";
import type { Rows } from "./rows.ts";
import { safetensorsRows } from "./safetensors-rows.ts";
import { tapeRows } from "./tape-rows.ts";
import { distributionRows, methodRows, tensorRows } from "./tensor-rows.ts";
import { dataRows, optimRows } from "./training-rows.ts";

/** A row for everything public that can be called. */
export const allRows: Rows = {
  ...methodRows,
  ...tensorRows,
  ...distributionRows,
  ...tapeRows,
  ...functionalRows,
  ...layerRows,
  ...lossLayerRows,
  ...sequenceRows,
  ...containerRows,
  ...optimRows,
  ...dataRows,
  ...metricRows,
  ...datasetsRows,
  ...numpyRows,
  ...modelRows,
  ...onnxRows,
  ...callbackRows,
  ...reportRows,
  ...safetensorsRows,
  ...kerasWeightsRows,
};
