import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { io, nn } from "../../src/index.ts";
import type { Rows } from "./rows.ts";

const folder = mkdtempSync(join(tmpdir(), "tapegrad-"));
process.on("exit", () => {
  rmSync(folder, { recursive: true, force: true });
});
const model = new nn.Dense(2, 1);
const file = await io.encodeKerasWeights(model, { format: "npz" });

/** Weights of Keras. */
export const kerasWeightsRows: Rows = {
  "io.encodeKerasWeights": ["module options?", () => [model, { format: "npz" }]],
  "io.loadKerasWeights": ["path module options?", () => [file, model, {}]],
  "io.saveKerasWeights": ["path module options?", () => [join(folder, "w.npz"), model, {}]],
};
