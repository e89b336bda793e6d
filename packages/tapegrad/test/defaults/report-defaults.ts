import { absent, type Defaults, type DefaultTable, only, unset } from "./default-table.ts";

const page: Defaults = {
  options: only({ title: "Training report", description: unset, results: unset, footer: unset }),
};

/** Summaries and reports. */
export const reportDefaults: DefaultTable = {
  "train.reportHtml": page,
  "train.chart": { options: only({ title: unset, width: unset, height: 10, log: false }) },
  "train.plot": { options: only({ width: unset, height: 10, log: false }) },
  "train.TensorBoard": {
    keras: "callbacks.TensorBoard",
    options: {
      "(folder)": ["logs", absent, "logs"],
      histogramFrequency: [0, absent, 0],
      batchFrequency: [unset, absent, absent],
    },
  },
  "train.summary": {
    keras: "Model.summary",
    options: { batchSize: [1, absent, absent], dtype: [unset, absent, absent] },
  },
};
