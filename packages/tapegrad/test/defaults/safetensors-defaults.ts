import { type DefaultTable, only, unset } from "./default-table.ts";

const reading = only({
  maxHeaderBytes: 2 ** 24,
  maxBytes: 2 ** 31,
  headers: unset,
  signal: unset,
  patience: 15_000,
});

/** Files of tensors by name. */
export const safetensorsDefaults: DefaultTable = {
  "io.encodeSafetensors": { options: only({ metadata: unset }) },
  "io.decodeSafetensors": { options: only({ copy: false, maxHeaderBytes: 2 ** 24 }) },
  "io.encodeCheckpoint": { options: only({ metadata: unset }) },
  "io.decodeCheckpoint": { options: only({ strict: true }) },
  "io.openSafetensors": { options: reading },
  "io.loadSafetensors": { options: reading },
};
