import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { io, tensor } from "../../src/index.ts";
import type { Rows } from "./rows.ts";

const folder = mkdtempSync(join(tmpdir(), "tapegrad-"));
process.on("exit", () => {
  rmSync(folder, { recursive: true, force: true });
});
const x = tensor([1, 2]);
const [npy, npz] = [join(folder, "x.npy"), join(folder, "x.npz")];
await io.saveNpy(npy, x);
await io.saveNpz(npz, { x });

/** Files of NumPy. */
export const numpyRows: Rows = {
  "io.encodeNpy": ["tensor options?", () => [x, {}]],
  "io.decodeNpy": ["bytes", () => [io.encodeNpy(x)]],
  "io.encodeNpz": ["state options?", () => [{ x }, {}]],
  "io.decodeNpz": ["bytes options?", () => [io.encodeNpz({ x }), {}]],
  "io.loadNpy": ["path", () => [npy]],
  "io.loadNpz": ["path options?", () => [npz, {}]],
};
