import { type DefaultTable, only } from "./default-table.ts";

const limits = only({ maxBytes: 2 ** 30 });

/** Files of NumPy. */
export const numpyDefaults: DefaultTable = {
  "io.encodeNpy": { options: only({ version: 1, fortranOrder: false }) },
  "io.encodeNpz": { options: only({ compress: false }) },
  "io.decodeNpz": { options: limits },
  "io.loadNpz": { options: limits },
};
