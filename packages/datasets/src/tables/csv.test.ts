import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FormatError, TapegradError, ValueError } from "@tapegrad/tensor";
import * as fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { csv, parseCsv } from "./csv.ts";
import type { CsvOptions } from "./table-options.ts";

const folder = mkdtempSync(join(tmpdir(), "tapegrad-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("parseCsv", () => {
  it("takes quotes, line breaks in them, a byte order mark, empty lines and space", () => {
    const table = parseCsv('\u{feff}"a, b",c\r\n 1 ,"x\ny"\r\n\r\n2,z\r\n');
    expect(table.features).toEqual(["a, b"]);
    expect(table.target).toBe("c");
    expect(table.x.toArray()).toEqual([[1], [2]]);
    expect(table.classes).toEqual(["x\ny", "z"]);
    expect(table.dataset.length).toBe(2);
  });

  it("makes numbers of a target of numbers, or classes if they are called so", () => {
    const text = "a,b\n1,10\n2,9\n3,10";
    expect(parseCsv(text).y.toArray()).toEqual([[10], [9], [10]]);
    expect(parseCsv(text).y.dtype).toBe("float32");
    expect(parseCsv(text).classes).toEqual([]);
    const classes = parseCsv(text, { classes: true });
    expect(classes.y.toArray()).toEqual([1, 0, 1]);
    expect(classes.y.dtype).toBe("int32");
    expect(classes.classes).toEqual(["9", "10"]);
    expect(parseCsv(text, { classes: ["10", "9", "8"] }).y.toArray()).toEqual([0, 1, 0]);
  });

  it("takes the columns that are asked for, by name or place", () => {
    const text = "a;b;c\n1;2;3\n4;5;6";
    const table = parseCsv(text, { delimiter: ";", target: "a", features: [2, "b"] });
    expect(table.features).toEqual(["c", "b"]);
    expect(table.x.toArray()).toEqual([[3, 2], [6, 5]]); // prettier-ignore
    expect(table.y.toArray()).toEqual([[1], [4]]);
    const plain = parseCsv("1,2\n3,4", { header: false, target: 0 });
    expect(plain.features).toEqual(["1"]);
    expect(plain.x.toArray()).toEqual([[2], [4]]);
  });

  it("makes codes of categories on demand", () => {
    expect(parseCsv("a,b\nred,1\nblue,2", { categories: "codes" }).x.toArray()).toEqual([[1], [0]]);
  });

  it.each<[Required<CsvOptions>["missing"], unknown[], unknown[]]>([
    ["drop", [[1, 1], [5, 1]], [[7], [9]]], // prettier-ignore
    ["mean", [[1, 1, 0], [3, 0, 1], [5, 1, 0], [3, 1, 0]], [[7], [8], [9], [6]]], // prettier-ignore
    ["nan", [[1, 1, 0], [NaN, 0, 1], [5, 1, 0], [3, NaN, NaN]], [[7], [8], [9], [6]]], // prettier-ignore
  ])("%s", (missing, x, y) => {
    const table = parseCsv("a,b,c\n1,u,7\nNA,v,8\n5,u,9\n3,,6", { missing });
    expect(table.x.toArray()).toEqual(x);
    expect(table.y.toArray()).toEqual(y);
  });

  it.each<[string, CsvOptions, string]>([
    ["a,b\n1,2\n3", {}, "expected 2 cells in row 3, got 1."],
    ["a,a\n1,2", {}, 'expected columns of different names, got "a" twice. Without names: header: false.'],
    ["a,b\n", {}, "expected at least one row, got none."],
    ["", {}, "expected at least one row, got none."],
    [
      "a,b\n1,2\nNA,3",
      {},
      'expected a value in row 3, column "a", got "NA". To go on: missing: "drop", "mean" or "nan".',
    ],
    [
      "a,b\n1,2\n3,NA",
      { missing: "mean" },
      'expected a value in row 3, column "b", got "NA". To go on: missing: "drop".',
    ],
    ["\na,b\n\n1,2\n\n3,NA", {}, 'expected a value in row 6, column "b", got "NA". To go on: missing: "drop".'],
    ["a,b\nNA,2", { missing: "drop" }, "expected a row without missing values, got none."],
    ["a,b\nNA,2", { missing: "mean" }, 'expected a value in column "a", got missing ones only.'],
    ["a,b\n1,x", { classes: false }, 'expected numbers in column "b", got "x".'],
    ["a,b\n1,x", { classes: ["y", "z"] }, 'expected column "b" to be one of y, z, got "x".'],
  ])("refuses %j with %o", (text, options, message) => {
    expect(() => parseCsv(text, options)).toThrow(new FormatError(`parseCsv: ${message}`));
  });

  it.each<[CsvOptions, string]>([
    [{ target: "wieght" }, 'expected one of size, weight, got "wieght". Did you mean "weight"?'],
    [{ features: [2] }, "expected a column below 2, got 2."],
    [{ delimiter: ",," }, 'expected delimiter to be one character other than quotes and line breaks, got ",,".'],
    [{ missing: "zero" } as unknown as CsvOptions, "expected missing error, drop, mean or nan, got zero."],
    [
      { separator: ";" } as CsvOptions,
      'expected options delimiter, header, target, features, classes, categories, missing, missingValues, got "separator".',
    ],
  ])("refuses %o", (options, message) => {
    expect(() => parseCsv("size,weight\n1,2", options)).toThrow(new ValueError(`parseCsv: ${message}`));
  });

  it("takes as many columns as a row has", () => {
    const names = Array.from({ length: 100_000 }, (_, i) => i.toString(36));
    const table = parseCsv(`${names.join()}\n${names.map(() => "1").join()}`);
    expect(table.x.shape).toEqual([1, 99_999]);
    expect(() => parseCsv(`${names.join()},a\n${names.map(() => "1").join()},1`)).toThrow(/got "a" twice/);
  });

  it("refuses columns of 0 and 1 of as many categories as there are rows", () => {
    const text = (rows: number): string => `id,y\n${Array.from({ length: rows }, (_, i) => `n${i},1\n`).join("")}`;
    expect(parseCsv(text(1000)).x.shape).toEqual([1000, 1000]);
    expect(() => parseCsv(text(6000))).toThrow(
      new FormatError(
        'parseCsv: expected categories that are few, got 6000 columns for 6000 rows. To have one for each column: categories: "codes".',
      ),
    );
    expect(parseCsv(text(6000), { categories: "codes" }).x.shape).toEqual([6000, 1]);
  });

  it("gives a table or a typed error, whatever the text", () => {
    const cell = fc.constantFrom("1", "-2.5", "x", "", "NA", '"', '"a', ",", "\n", "\r\n", " ", "\u{0}", "é");
    fc.assert(
      fc.property(
        fc.array(cell, { maxLength: 40 }),
        fc.constantFrom("error", "drop", "mean", "nan"),
        (cells, missing) => {
          try {
            const { x, y, features } = parseCsv(cells.join(""), { missing: missing as "error" });
            expect(x.shape).toEqual([y.shape[0], features.length]);
          } catch (error) {
            expect(error).toBeInstanceOf(TapegradError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("csv", () => {
  it("reads a file", () => {
    const path = join(folder, "a.csv");
    writeFileSync(path, "a,b\n1,é\n");
    expect(csv(path).classes).toEqual(["é"]);
  });

  it("refuses what is not there, and what is no text", () => {
    expect(() => csv(join(folder, "none.csv"))).toThrow(/^csv: expected to read .*none\.csv, got ENOENT/);
    const path = join(folder, "latin.csv");
    writeFileSync(path, Uint8Array.of(97, 44, 0xe9, 10));
    expect(() => csv(path)).toThrow(new FormatError(`csv: expected ${path} to be a text in UTF-8, got other bytes.`));
  });
});
