import { type DefaultTable, only } from "./default-table.ts";

const npy = only({ version: 1, fortranOrder: false });
const npz = only({ compress: false });
const limits = only({ maxBytes: 2 ** 30 });

/** Files of NumPy. */
export const numpyDefaults: DefaultTable = {
  "io.encodeNpy": { options: npy },
  "io.saveNpy": { options: npy },
  "io.encodeNpz": { options: npz },
  "io.saveNpz": { options: npz },
  "io.decodeNpz": { options: limits },
  "io.loadNpz": { options: limits },
};
