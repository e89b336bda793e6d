import { writeWhole } from "@tapegrad/files";
import { expectValue, option, optional, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { loadDrawing } from "./drawing/drawing.ts";
import type { ReportTable } from "./html.ts";
import { makePage } from "./page/page.ts";
import { type Reported, settleRuns } from "./report-run.ts";
import { textRange } from "./text-range.ts";

/** Options of {@link htmlReport} and {@link reportHtml}. */
export interface ReportOptions {
  /** Heading of the page. */
  readonly title?: string;
  /** A paragraph below the heading. */
  readonly description?: string | undefined;
  /** The table of results; the last figures of each run unless given. */
  readonly results?: ReportTable | undefined;
  /** A line at the end of the page, such as where the data come from. */
  readonly footer?: string | undefined;
}

const table: OptionTable<ReportOptions> = {
  title: option(textRange, "Training report"),
  description: optional(textRange),
  results: optional({
    text: "to be a table such as { caption, head, rows }",
    has: (value): value is ReportTable => ranges.record.has(value) && "rows" in value,
  }),
  footer: optional(textRange),
};

/**
 * One HTML page about a training, or about several side by side: curves of all figures, the confusion matrix, what the
 * layers put out, the network and the configuration. The page is complete in itself and loads nothing. It works with the
 * keyboard, in light and dark, and has a table behind each chart.
 *
 * @param runs what `fit` returned, or runs with names and what else is known of them
 * @throws {ValueError} for what is no run, and when there is no epoch
 * @throws {ShapeError} when a matrix of counts is not square
 * @example
 * const page = await reportHtml({ history: { loss: [0.9, 0.5], valLoss: [1, 0.7] } }, { title: "Two epochs" });
 * /<h1>Two epochs<\/h1>/.test(page); // => true
 * page.match(/<svg class="plot"/g).length; // => 1
 */
export async function reportHtml(runs: Reported, options: ReportOptions = {}): Promise<string> {
  return render("reportHtml", runs, options);
}

/**
 * Writes the page of {@link reportHtml} as a file, which is there as a whole or as it was before.
 *
 * @param runs what `fit` returned, or runs with names and what else is known of them
 * @param path of the file; its folder is made
 * @throws {ValueError} as {@link reportHtml}, and where there are no files
 * @throws {ShapeError} as {@link reportHtml}
 */
export async function htmlReport(runs: Reported, path: string, options: ReportOptions = {}): Promise<void> {
  expectValue("htmlReport", "path", path, textRange);
  writeWhole("htmlReport", path, await render("htmlReport", runs, options));
}

async function render(fn: string, runs: Reported, options: ReportOptions): Promise<string> {
  const page = settleOptions(fn, options, table);
  const settled = settleRuns(fn, runs);
  return makePage(await loadDrawing(), settled, page);
}
