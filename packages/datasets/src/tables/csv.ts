import { readBounded } from "@tapegrad/files";
import { FormatError } from "@tapegrad/tensor";
import { expectValue, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { type Table, tableOf } from "./table.ts";
import { type CsvOptions, csvTable } from "./table-options.ts";

/** As long as a text may be. */
const mostBytes = 2 ** 29 - 25;

const pathRange = { ...ranges.text, text: "to be a path" };
const textRange = { ...ranges.text, text: "to be the text of a table" };

/**
 * Reads a file of comma-separated values: features from all columns but the last, which is to be predicted.
 *
 * Columns of numbers are taken as they are; the others as categories, a column of 0 and 1 for each value. A target of numbers
 * becomes float32 `[N, 1]`, any other int32 classes `[N]`. Needs a machine with files; elsewhere {@link parseCsv} takes the text.
 *
 * @param path a file of UTF-8 of at most 512 MiB
 * @throws {ValueError} if it cannot be read, or an option or column is wrong
 * @throws {FormatError} if it is no text, rows differ in length, a value is missing, a class is none of those given, or
 * categories are so many that a column for each would take far more memory than the text
 * @example
 * const { x, y, classes } = csv("penguins.csv", { target: "species", missing: "drop" });
 */
export function csv(path: string, options: CsvOptions = {}): Table {
  const settled = settleOptions("csv", options, csvTable);
  expectValue("csv", "path", path, pathRange);
  return tableOf("csv", decoded(path, readBounded("csv", path, mostBytes)), settled);
}

/**
 * {@link csv} of a text instead of a file, for pages and whatever has the text already.
 *
 * @param text rows of cells; cells in quotes may hold delimiters and line breaks
 * @throws {ValueError} if an option or column is wrong
 * @throws {FormatError} if rows differ in length, a value is missing, a class is none of those given, or categories are so
 * many that a column for each would take far more memory than the text
 * @example
 * const table = parseCsv("size,colour,kind\n1.5,red,cat\n2,blue,dog\n3,red,dog");
 * table.features; // => ["size", "colour=blue", "colour=red"]
 * table.x.toArray(); // => [[1.5, 0, 1], [2, 1, 0], [3, 0, 1]]
 * table.y.toArray(); // => [0, 1, 1]
 * table.classes; // => ["cat", "dog"]
 */
export function parseCsv(text: string, options: CsvOptions = {}): Table {
  const settled = settleOptions("parseCsv", options, csvTable);
  expectValue("parseCsv", "text", text, textRange);
  return tableOf("parseCsv", text, settled);
}

function decoded(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new FormatError(`csv: expected ${path} to be a text in UTF-8, got other bytes.`);
  }
}
