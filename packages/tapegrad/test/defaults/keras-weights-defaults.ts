import { type DefaultTable, only, unset } from "./default-table.ts";

/** Weights of Keras. */
export const kerasWeightsDefaults: DefaultTable = {
  "io.encodeKerasWeights": { options: only({ format: "h5", flattened: unset }) },
  "io.loadKerasWeights": { options: only({ strict: true, layers: unset, flattened: unset, maxBytes: 2 ** 30 }) },
  "io.saveKerasWeights": { options: only({ flattened: unset }) },
};
