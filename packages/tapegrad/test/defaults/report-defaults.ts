import { absent, type DefaultTable, unset } from "./default-table.ts";

/** Summaries and reports. */
export const reportDefaults: DefaultTable = {
  "train.summary": {
    keras: "Model.summary",
    options: { batchSize: [1, absent, absent], dtype: [unset, absent, absent] },
  },
};
