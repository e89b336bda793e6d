import { FormatError } from "@tapegrad/tensor";

/** A cell, or undefined where the value is missing. */
export type Cell = string | undefined;

/** The columns of numbers that one column of cells becomes. */
export interface Encoded {
  readonly names: readonly string[];
  /** A number for each row; of several columns which of them is 1 there, or NaN if all are. */
  readonly numbers: Float64Array;
  /** Whether each value has a column of its own, of 0 and 1. */
  readonly isOneHot: boolean;
}

/** Whether all cells that are there are finite numbers. */
export function isNumeric(cells: readonly Cell[]): boolean {
  return cells.every((cell) => cell === undefined || (cell !== "" && Number.isFinite(Number(cell))));
}

/** The different values of a column: numbers by size, others by their characters. */
export function valuesOf(cells: readonly Cell[]): string[] {
  const found = [...new Set(cells)].filter((cell) => cell !== undefined);
  return isNumeric(found) ? found.toSorted((a, b) => Number(a) - Number(b)) : found.toSorted();
}

/** What fills a column where cells are missing. */
export type Filling = "mean" | "nan";

/**
 * A column of features as numbers.
 *
 * @param filling where values are missing: the mean, or of categories the most frequent one; or NaN
 * @throws {FormatError} if a mean is asked for and there is no value
 */
export function encoded(
  fn: string,
  name: string,
  cells: readonly Cell[],
  { filling, categories }: { readonly filling: Filling; readonly categories: "oneHot" | "codes" },
): Encoded {
  const values = valuesOf(cells);
  if (filling === "mean" && values.length === 0)
    throw new FormatError(`${fn}: expected a value in column "${name}", got missing ones only.`);
  if (isNumeric(cells)) {
    const filler = filling === "mean" ? meanOf(cells) : Number.NaN;
    const numbers = column(cells, (cell) => (cell === undefined ? filler : Number(cell)));
    return { names: [name], numbers, isOneHot: false };
  }
  const filler = filling === "mean" ? mostFrequent(cells, values) : undefined;
  const places = new Map(values.map((value, place) => [value, place]));
  const numbers = column(cells, (cell) => places.get((cell ?? filler)!) ?? Number.NaN);
  return categories === "codes"
    ? { names: [name], numbers, isOneHot: false }
    : { names: values.map((value) => `${name}=${value}`), numbers, isOneHot: true };
}

function column(cells: readonly Cell[], number: (cell: Cell) => number): Float64Array {
  return Float64Array.from({ length: cells.length }, (_, i) => number(cells[i]));
}

function meanOf(cells: readonly Cell[]): number {
  const there = cells.filter((cell) => cell !== undefined);
  return there.reduce((sum, cell) => sum + Number(cell), 0) / there.length;
}

/** Of several that are equally frequent the first. */
function mostFrequent(cells: readonly Cell[], values: readonly string[]): string | undefined {
  const counts = new Map(values.map((value) => [value, 0]));
  for (const cell of cells) if (cell !== undefined) counts.set(cell, counts.get(cell)! + 1);
  return values.toSorted((a, b) => counts.get(b)! - counts.get(a)!)[0];
}
