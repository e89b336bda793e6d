import { dsvFormat } from "d3-dsv";
import { FormatError, ValueError } from "@tapegrad/tensor";
import { resolveName } from "@tapegrad/tensor/internal";

/** The cells of a row, as texts, and which row of the text it is, from 1; empty lines count here. */
export interface Row {
  readonly cells: readonly string[];
  readonly number: number;
}

/** The cells of a table. */
export interface Sheet {
  readonly names: readonly string[];
  readonly rows: readonly Row[];
}

/**
 * Divides a text into named columns and rows of the same length. Empty lines do not count, nor does space around cells.
 *
 * @throws {FormatError} if there is no row, rows differ in length, or columns have one name
 */
export function sheetOf(
  fn: string,
  content: string,
  { delimiter, header }: { readonly delimiter: string; readonly header: boolean },
): Sheet {
  const rows = dsvFormat(delimiter)
    .parseRows(content.replace(/^\u{feff}/u, ""))
    .map((cells, i) => ({ cells: cells.map((cell) => cell.trim()), number: i + 1 }))
    .filter(({ cells }) => cells.length > 1 || cells[0] !== "");
  const width = rows[0]?.cells.length ?? 0;
  const uneven = rows.find(({ cells }) => cells.length !== width);
  if (uneven !== undefined)
    throw new FormatError(`${fn}: expected ${width} cells in row ${uneven.number}, got ${uneven.cells.length}.`);
  const names = header ? (rows.shift()?.cells ?? []) : Array.from({ length: width }, (_, index) => String(index));
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  if (twice !== undefined)
    throw new FormatError(
      `${fn}: expected columns of different names, got "${twice}" twice. Without names: header: false.`,
    );
  if (rows.length === 0) throw new FormatError(`${fn}: expected at least one row, got none.`);
  return { names, rows };
}

/** The place of a column that is named or counted. */
export function columnOf(fn: string, { names }: Sheet, column: string | number): number {
  if (typeof column === "number") {
    if (column < names.length) return column;
    throw new ValueError(`${fn}: expected a column below ${names.length}, got ${column}.`);
  }
  const exact = names.indexOf(column);
  return exact >= 0 ? exact : resolveName(fn, undefined, Object.fromEntries(names.map((name, i) => [name, i])), column);
}
