import { io, tensor } from "../../src/index.ts";
import type { Rows } from "./rows.ts";

const file = io.encodeSafetensors({ w: tensor([1, 2]) });

/** Files of tensors by name. */
export const safetensorsRows: Rows = {
  "io.encodeSafetensors": ["state options?", () => [{ w: tensor([1, 2]) }, {}]],
  "io.decodeSafetensors": ["bytes options?", () => [file, {}]],
  "io.openSafetensors": ["bytes options?", () => [file, {}]],
  "io.loadSafetensors": ["bytes options?", () => [file, {}]],
};
