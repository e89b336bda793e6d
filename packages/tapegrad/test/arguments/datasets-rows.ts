import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { Rows } from "./rows.ts";

/** A folder with one image of one pixel for each part, as MNIST is kept. */
const folder = mkdtempSync(join(tmpdir(), "tapegrad-"));
process.on("exit", () => {
  rmSync(folder, { recursive: true, force: true });
});
// Without a folder they would ask mirrors.
globalThis.fetch = async () => Promise.reject(new TypeError("no network in these tests"));
for (const part of ["train", "t10k"]) {
  writeFileSync(join(folder, `${part}-images-idx3-ubyte`), Uint8Array.of(0, 0, 8, 3, ...ones(3), 7));
  writeFileSync(join(folder, `${part}-labels-idx1-ubyte`), Uint8Array.of(0, 0, 8, 1, ...ones(1), 3));
}

writeFileSync(join(folder, "table.csv"), "a,b\n1,2\n");

/** Extents of 1, each in four bytes. */
function ones(rank: number): number[] {
  return Array.from({ length: rank }, () => [0, 0, 0, 1]).flat();
}

/** Embedded, generated and read data. */
export const datasetsRows: Rows = {
  "datasets.digits": ["options?", () => [{}]],
  ...Object.fromEntries(
    "circles gaussians linearPlane moons spirals xor"
      .split(" ")
      .map((name): [string, Rows[string]] => [`datasets.${name}`, ["number? options?", () => [12, {}]]]),
  ),
  ...Object.fromEntries(
    "breastCancer iris penguins wine"
      .split(" ")
      .map((name): [string, Rows[string]] => [`datasets.${name}`, ["options?", () => [{}]]]),
  ),
  "datasets.names": ["options?", () => [{}]],
  "datasets.decodeIdx": ["bytes", () => [Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 7)]],
  "datasets.csv": ["word options?", () => [join(folder, "table.csv"), {}]],
  "datasets.parseCsv": ["word options?", () => ["a,b\n1,2", {}]],
  "datasets.tokens": ["corpus options?", () => [["ab"], {}]],
  "datasets.ngrams": ["corpus options?", () => [["ab"], {}]],
  "datasets.mnist": ["options?", () => [{ root: folder }]],
  "datasets.fashionMnist": ["options?", () => [{ root: folder }]],
};
