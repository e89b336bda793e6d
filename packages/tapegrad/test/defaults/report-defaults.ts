import { absent, type Defaults, type DefaultTable, only, unset } from "./default-table.ts";

const page: Defaults = {
  options: only({ title: "Training report", description: unset, results: unset, footer: unset }),
};

/** Summaries and reports. */
export const reportDefaults: DefaultTable = {
  "train.reportHtml": page,
  "train.summary": {
    keras: "Model.summary",
    options: { batchSize: [1, absent, absent], dtype: [unset, absent, absent] },
  },
};
