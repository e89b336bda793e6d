import { FormatError, type Tensor } from "@tapegrad/tensor";
import { fromData } from "@tapegrad/tensor/internal";
import { labelled, type LabelledData } from "../labelled-data.ts";
import { type Cell, type Encoded, encoded, isNumeric, valuesOf } from "./columns.ts";
import { columnOf, type Sheet, sheetOf } from "./sheet.ts";
import type { CsvOptions } from "./table-options.ts";

/** Rows of a table: features, and what is to be predicted from them. */
export interface Table extends LabelledData {
  /** The target: classes as int32 `[N]`, or numbers as float32 `[N, 1]`. */
  readonly y: Tensor;
  /** Names of the classes; none if the target is a number. */
  readonly classes: readonly string[];
  /** Names of the columns of `x`. */
  readonly features: readonly string[];
  /** Name of what `y` holds. */
  readonly target: string;
}

type Settled = Required<CsvOptions>;

/**
 * A table as tensors.
 *
 * @param fn name of the function that was called, for messages
 * @throws {ValueError} if there is no such column
 * @throws {FormatError} if rows differ in length, a value is missing, a class is none of those given, or categories are too many
 */
export function tableOf(fn: string, content: string, options: Settled): Table {
  const sheet = sheetOf(fn, content, options);
  const target = columnOf(fn, sheet, options.target ?? sheet.names.length - 1);
  const features =
    options.features?.map((each) => columnOf(fn, sheet, each)) ??
    sheet.names.flatMap((_, index) => (index === target ? [] : [index]));
  const rows = rowsWithValues(fn, sheet, { target, features, options });
  const cells = (at: number): Cell[] => rows.map((row) => row[at]);
  const filling = options.missing === "mean" ? "mean" : "nan";
  const { categories } = options;
  const parts = features.map((at) => encoded(fn, sheet.names[at]!, cells(at), { filling, categories }));
  const { y, classes } = targetOf(fn, sheet.names[target]!, cells(target), options.classes);
  return {
    ...labelled(joined(fn, rows.length, parts, content.length), y, classes),
    features: parts.flatMap(({ names }) => names),
    target: sheet.names[target]!,
  };
}

/** The rows to keep, with undefined where a value is missing that may be. */
function rowsWithValues(
  fn: string,
  { rows, names }: Sheet,
  {
    target,
    features,
    options,
  }: { readonly target: number; readonly features: readonly number[]; readonly options: Settled },
): Cell[][] {
  const { missing } = options;
  const missingValues = new Set(options.missingValues);
  const kept = rows.flatMap(({ cells: row, number }) => {
    const cells = row.map((cell) => (missingValues.has(cell) ? undefined : cell));
    const gap = [target, ...features].find((at) => cells[at] === undefined);
    if (gap === undefined) return [cells];
    if (missing === "drop") return [];
    if (missing !== "error" && gap !== target) return [cells];
    const hint = gap === target ? 'missing: "drop"' : 'missing: "drop", "mean" or "nan"';
    throw new FormatError(
      `${fn}: expected a value in row ${number}, column "${names[gap]!}", got ${JSON.stringify(row[gap])}. To go on: ${hint}.`,
    );
  });
  if (kept.length === 0) throw new FormatError(`${fn}: expected a row without missing values, got none.`);
  return kept;
}

/** How many numbers a table may become, whatever it is, and more for each character of it. */
const mostNumbers = { always: 2 ** 23, perCharacter: 64 };

/**
 * All columns as one tensor. That of categories with a column each is as large as the square of a text in which all cells
 * differ, which is no use and more than there is room for.
 */
function joined(fn: string, rows: number, parts: readonly Encoded[], characters: number): Tensor {
  const width = parts.reduce((sum, { names }) => sum + names.length, 0);
  if (rows * width > mostNumbers.always + mostNumbers.perCharacter * characters)
    throw new FormatError(
      `${fn}: expected categories that are few, got ${width} columns for ${rows} rows. To have one for each column: categories: "codes".`,
    );
  const x = new Float32Array(rows * width);
  let at = 0;
  for (const { names, numbers, isOneHot } of parts) {
    numbers.forEach((number, row) => {
      const start = row * width + at;
      if (!isOneHot) x[start] = number;
      else if (Number.isNaN(number)) x.fill(number, start, start + names.length);
      else x[start + number] = 1;
    });
    at += names.length;
  }
  return fromData(x, [rows, width], "float32");
}

function targetOf(
  fn: string,
  name: string,
  cells: readonly Cell[],
  given: CsvOptions["classes"],
): { readonly y: Tensor; readonly classes: readonly string[] } {
  if (given === false && !isNumeric(cells))
    throw new FormatError(
      `${fn}: expected numbers in column "${name}", got "${cells.find((each) => !isNumeric([each]))!}".`,
    );
  if (given === false || (given === undefined && isNumeric(cells)))
    return { y: fromData(Float32Array.from(cells, Number), [cells.length, 1], "float32"), classes: [] };
  const classes = Array.isArray(given) ? (given as readonly string[]) : valuesOf(cells);
  const places = new Map(classes.map((value, place) => [value, place]));
  const codes = cells.map((cell) => {
    const code = places.get(cell!);
    if (code !== undefined) return code;
    throw new FormatError(`${fn}: expected column "${name}" to be one of ${classes.join(", ")}, got "${cell!}".`);
  });
  return { y: fromData(Int32Array.from(codes), [cells.length], "int32"), classes };
}
