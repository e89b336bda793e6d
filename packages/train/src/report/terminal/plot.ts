import { settleOptions } from "@tapegrad/tensor/internal";
import { capital, figuresOf, words } from "../page/figures.ts";
import { type HistoryData, settleRuns } from "../report-run.ts";
import { type ChartOptions, chartTable, draw } from "./chart.ts";

/** Options of {@link plot}. */
export type PlotOptions = Pick<ChartOptions, "width" | "height" | "log">;

const { width, height, log } = chartTable;

/**
 * The figures of a training as text: a `chart` for each, of training and validation together.
 *
 * @param history what `fit` returned
 * @throws {ValueError} for anything else, and when there is no epoch
 * @example
 * const text = plot({ history: { loss: [0.9, 0.5], valLoss: [1, 0.7] } }, { width: 40 });
 * text.split("\n")[0]; // => "Loss"
 */
export function plot(history: HistoryData, options: PlotOptions = {}): string {
  const settled = settleOptions("plot", options, { width, height, log });
  const [run] = settleRuns("plot", history);
  const figures = figuresOf([run!]);
  const bases = [...new Set(figures.map(({ base }) => base))];
  const charts = bases.map((base) => {
    const series = figures
      .filter((figure) => figure.base === base)
      .map(({ key, isValidation }) => [isValidation ? "validation" : "training", run!.figures.get(key)!] as const);
    return draw("plot", Object.fromEntries(series), { ...settled, title: capital(words(base)) });
  });
  return charts.join("\n\n");
}
