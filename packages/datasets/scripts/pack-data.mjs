// Writes the embedded data: src/digits/digits-data.ts and src/names/names-data.ts.
//
//   node packages/datasets/scripts/pack-data.mjs FOLDER
//
// FOLDER holds
//   digits.csv.gz    1,797 rows of 64 pixels (0..16) and a label, as scikit-learn ships them
//   first-names.txt  one lower-case name a line, some with a hyphen
//
// Pixels are written as one character each, in base 17 ("0".."9", "a".."g"), and labels as one digit each: about
// 115 kB of text that compresses to 40 kB on the wire, needs no decompressor and can be read by eye.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

const folder = process.argv[2];
if (folder === undefined) {
  console.error("usage: node packages/datasets/scripts/pack-data.mjs FOLDER");
  process.exit(1);
}
const source = new URL("../src/", import.meta.url);

const rows = gunzipSync(readFileSync(join(folder, "digits.csv.gz")))
  .toString("utf8")
  .trim()
  .split("\n")
  .map((line) => line.split(",").map(Number));
if (rows.length !== 1797 || rows.some((row) => row.length !== 65)) throw new Error("digits: expected 1797 rows of 65");
const pixels = rows.flatMap((row) => row.slice(0, 64));
const labels = rows.map((row) => row[64]);
if (pixels.some((value) => !(value >= 0 && value <= 16))) throw new Error("digits: expected pixels from 0 to 16");
const checksum = createHash("sha256").update(Uint8Array.from(pixels)).update(Uint8Array.from(labels)).digest("hex");
const names = readFileSync(join(folder, "first-names.txt"), "utf8").trim().split("\n");
if (names.some((name) => !/^[a-z-]+$/.test(name))) throw new Error("names: expected letters a to z and hyphens");

const banner = "// Written by scripts/pack-data.mjs. Do not edit.\n";
writeFileSync(
  new URL("digits/digits-data.ts", source),
  `${banner}
/** SHA-256 of the ${pixels.length} pixels and then the ${labels.length} labels, one byte each. */
export const digitsChecksum: string = "${checksum}";

/** One digit per image. */
export const digitsLabels: string =
  "${labels.join("")}";

/** One character per pixel in base 17: "0" is 0 and "g" is 16; images of 8 rows of 8, one after the other. */
export const digitsPixels: string =
  "${pixels.map((value) => value.toString(17)).join("")}";
`,
);
writeFileSync(
  new URL("names/names-data.ts", source),
  `${banner}
/** SHA-256 of the names with a line feed after each. */
export const namesChecksum: string = "${createHash("sha256")
    .update(`${names.join("\n")}\n`)
    .digest("hex")}";

/** ${names.length} names with a space between two. */
export const namesText: string =
  "${names.join(" ")}";
`,
);
console.log(`digits: ${labels.length} images, sha256 ${checksum}\nnames: ${names.length}`);
