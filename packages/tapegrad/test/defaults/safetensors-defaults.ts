import { type DefaultTable, only, unset } from "./default-table.ts";

/** Files of tensors by name. */
export const safetensorsDefaults: DefaultTable = {
  "io.encodeSafetensors": { options: only({ metadata: unset }) },
  "io.decodeSafetensors": { options: only({ copy: false, maxHeaderBytes: 2 ** 24 }) },
};
