// Writes the embedded data: src/digits/digits-data.ts, src/names/names-data.ts and src/tables/embedded/*-data.ts.
//
//   node packages/datasets/scripts/pack-data.mjs FOLDER
//
// FOLDER holds
//   digits.csv.gz    1,797 rows of 64 pixels (0..16) and a label, as scikit-learn ships them
//   first-names.txt  one lower-case name a line, some with a hyphen
//   iris.csv, wine_data.csv, breast_cancer.csv
//                    a row "rows,features,class,class,..." and then features and the number of the class, as scikit-learn ships them
//   penguins.json    a list of objects, as vega-datasets 3 ships it
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

// Tables become CSV with names of columns and classes; numbers stay as they are written.
const tables = {
  iris: ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"],
  wine_data:
    "alcohol malic_acid ash alcalinity_of_ash magnesium total_phenols flavanoids nonflavanoid_phenols proanthocyanins color_intensity hue od280/od315_of_diluted_wines proline".split(
      " ",
    ),
  breast_cancer: ["mean #", "# error", "worst #"].flatMap((pattern) =>
    [
      "radius",
      "texture",
      "perimeter",
      "area",
      "smoothness",
      "compactness",
      "concavity",
      "concave points",
      "symmetry",
      "fractal dimension",
    ].map((name) => pattern.replace("#", name)),
  ),
};
const targets = { iris: "species", wine_data: "cultivar", breast_cancer: "diagnosis" };
for (const [name, features] of Object.entries(tables)) {
  const [head, ...lines] = readFileSync(join(folder, `${name}.csv`), "utf8")
    .trim()
    .split(/\r?\n/);
  const [count, width, ...classes] = head.split(",");
  if (lines.length !== Number(count) || features.length !== Number(width)) throw new Error(`${name}: expected ${head}`);
  const rows = lines.map((line) => line.replace(/,(\d+)$/, (_, code) => `,${classes[Number(code)]}`));
  writeTable(name.replace("_data", "").replace("_", "-"), [[...features, targets[name]].join(","), ...rows]);
}

const columns = {
  "Beak Length (mm)": "beak length (mm)",
  "Beak Depth (mm)": "beak depth (mm)",
  "Flipper Length (mm)": "flipper length (mm)",
  "Body Mass (g)": "body mass (g)",
  Island: "island",
  Sex: "sex",
  Species: "species",
};
const penguins = JSON.parse(readFileSync(join(folder, "penguins.json"), "utf8"));
if (penguins.length !== 344) throw new Error("penguins: expected 344 rows");
// One sex is ".", which is no sex.
const cell = (value) =>
  value === null || value === "." ? "" : String(value).replace(/^(FE)?MALE$/, (word) => word.toLowerCase());
writeTable("penguins", [
  Object.values(columns).join(","),
  ...penguins.map((row) =>
    Object.keys(columns)
      .map((name) => cell(row[name]))
      .join(","),
  ),
]);

function writeTable(name, lines) {
  const text = `${lines.join("\n")}\n`;
  const word = name.replace(/-(.)/, (_, letter) => letter.toUpperCase());
  writeFileSync(
    new URL(`tables/embedded/${name}-data.ts`, source),
    `${banner}
/** SHA-256 of the text. */
export const ${word}Checksum: string = "${createHash("sha256").update(text).digest("hex")}";

/** ${lines.length - 1} rows of comma-separated values below a row of names. */
export const ${word}Text: string =
  ${JSON.stringify(text)};
`,
  );
  console.log(`${name}: ${lines.length - 1} rows`);
}
