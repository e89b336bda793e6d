import { ValueError } from "@tapegrad/tensor";
import {
  expectValue,
  isPlainObject,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
  type ValueRange,
} from "@tapegrad/tensor/internal";
import { terminalWidth } from "../../terminal-width.ts";
import { figureText } from "../html.ts";
import { BrailleCanvas } from "./braille-canvas.ts";

/** Options of `chart` and `plot`. */
export interface ChartOptions {
  /** A line above the chart. */
  readonly title?: string | undefined;
  /** Columns of characters; those of the terminal, at most 100, unless given. */
  readonly width?: number | undefined;
  /** Rows of characters. */
  readonly height?: number;
  /** Whether the vertical axis is logarithmic. */
  readonly log?: boolean;
}

/** Range and standard of each option of a chart. */
export const chartTable: OptionTable<ChartOptions> = {
  title: optional(ranges.text),
  width: optional(ranges.whole(20)),
  height: option(ranges.whole(2), 10),
  log: option(ranges.flag, false),
};

/** Named curves. */
export type Series = { readonly [name: string]: readonly number[] };

const seriesRange: ValueRange<Series> = {
  text: "to be lists of numbers by name, such as { loss: [0.9, 0.5] }",
  has: (value): value is Series =>
    isPlainObject(value) && Object.values(value).every(ranges.listOf(ranges.anyNumber).has),
};

/** How curves are dashed, and what shows it in the legend: without colour they are told apart by it. */
const dashes = [
  { dash: [1, 0], sample: "⠤⠤⠤⠤" },
  { dash: [3, 3], sample: "⠤⠄⠤⠄" },
  { dash: [1, 2], sample: "⠄⠐⠄⠐" },
  { dash: [6, 4], sample: "⠤⠤⠄⠤" },
] as const;

/**
 * Curves as text, drawn with braille dots: the first values on the left, the last on the right. Values that are not finite
 * leave gaps. Four ways of dashes tell curves apart.
 *
 * @throws {ValueError} for other series, when none has a finite value, and for logarithms of what is not > 0
 * @example
 * const text = chart({ loss: [1, 0.5, 0.25] }, { width: 24, height: 3 });
 * text.split("\n").length; // => 5
 */
export function chart(series: Series, options: ChartOptions = {}): string {
  return draw("chart", series, settleOptions("chart", options, chartTable));
}

/** `chart` for a function of another name. */
export function draw(fn: string, series: Series, options: Required<ChartOptions>): string {
  expectValue(fn, "series", series, seriesRange);
  const { title, height, log, width = Math.min(terminalWidth(), 100) } = options;
  const finite = Object.values(series).flat().filter(Number.isFinite);
  if (finite.length === 0) throw new ValueError(`${fn}: expected a finite value, got none.`);
  // Not as arguments of one call, of which an engine takes some 100 000.
  const low = finite.reduce((least, value) => Math.min(least, value));
  const high = finite.reduce((most, value) => Math.max(most, value));
  if (log && low <= 0) throw new ValueError(`${fn}: expected values > 0 for a logarithmic axis, got ${low}.`);
  const labels = [figureText(high), figureText(low)];
  const margin = Math.max(...labels.map(({ length }) => length));
  const canvas = new BrailleCanvas(width - margin - 2, height);
  const entries = Object.entries(series);
  const scale = log ? Math.log : (value: number): number => value;
  const rise = scale(high) - scale(low) || 1;
  const longest = Math.max(...entries.map(([, values]) => values.length));
  entries.forEach(([, values], index) => {
    const { dash } = dashes[index % dashes.length]!;
    const x = (i: number): number => Math.round((i / Math.max(1, longest - 1)) * (canvas.width - 1));
    const y = (value: number): number => Math.round((1 - (scale(value) - scale(low)) / rise) * (canvas.height - 1));
    values.forEach((value, i) => {
      const before = i > 0 && Number.isFinite(values[i - 1]!) ? i - 1 : i;
      if (Number.isFinite(value)) canvas.line(x(before), y(values[before]!), x(i), y(value), dash);
    });
  });
  const rows = canvas.rows().map((row, i) => {
    const label = i === 0 ? labels[0]! : i === height - 1 ? labels[1]! : "";
    return `${label.padStart(margin)} ┤${row.replace(/⠀+$/, "")}`;
  });
  const legend = entries.map(([name], i) => `${dashes[i % dashes.length]!.sample} ${name}`).join("   ");
  const axis = `${" ".repeat(margin)} └${"─".repeat(width - margin - 2)}`;
  return [...(title === undefined ? [] : [title]), ...rows, axis, `${" ".repeat(margin + 2)}${legend}`].join("\n");
}
