import { io, nn, tensor } from "../../src/index.ts";
import type { Rows } from "./rows.ts";

const file = io.encodeSafetensors({ w: tensor([1, 2]) });
const net = new nn.Dense(2, 1);

/** Files of tensors by name. */
export const safetensorsRows: Rows = {
  "io.encodeSafetensors": ["state options?", () => [{ w: tensor([1, 2]) }, {}]],
  "io.decodeSafetensors": ["bytes options?", () => [file, {}]],
  "io.encodeCheckpoint": ["parts options?", () => [{ net: new nn.Dense(2, 1) }, {}]],
  "io.decodeCheckpoint": ["bytes state? options?", () => [io.encodeCheckpoint({ net }), { net }, {}]],
  "io.openSafetensors": ["bytes options?", () => [file, {}]],
  "io.loadSafetensors": ["bytes options?", () => [file, {}]],
};
