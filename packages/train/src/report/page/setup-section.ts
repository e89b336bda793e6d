import { escapeHtml, figureText, htmlTable, type ReportTable } from "../html.ts";
import type { Run } from "../report-run.ts";
import { figuresOf } from "./figures.ts";
import { isPlainObject } from "@tapegrad/tensor/internal";

/** The last figures of all runs. */
export function lastFigures(runs: readonly Run[]): ReportTable {
  const figures = figuresOf(runs);
  const hasSummary = runs.some(({ summary }) => summary !== undefined);
  const rows = runs.map(({ name, epochs, figures: own, summary }) => [
    name,
    String(epochs.length),
    ...figures.map(({ key }) => figureText(own.get(key)?.at(-1))),
    ...(hasSummary ? [figureText(summary?.parameters.total)] : []),
  ]);
  return {
    caption: "After the last epoch",
    head: ["run", "epochs", ...figures.map(({ title }) => title), ...(hasSummary ? ["parameters"] : [])],
    rows,
  };
}

/** What the networks consist of. */
export function summarySection(runs: readonly Run[]): string {
  const shown = runs.filter(({ summary }) => summary !== undefined);
  if (shown.length === 0) return "";
  return `<h2>Networks</h2>
${shown
  .map(
    ({ name, summary }) =>
      `<details${shown.length === 1 ? " open" : ""}><summary>${escapeHtml(name)}: ${figureText(summary!.parameters.total)} parameters</summary>${htmlTable(summaryTable(name, summary!))}</details>`,
  )
  .join("\n")}`;
}

function summaryTable(name: string, { rows }: NonNullable<Run["summary"]>): ReportTable {
  return {
    caption: `Modules of ${name}; figures include the modules inside`,
    head: ["module", "class", "output shape", "parameters", "trainable", "FLOPs"],
    rows: rows.map(({ path, className, outputShapes, calls, parameters, flops }) => [
      path === "" ? "(whole network)" : path,
      className,
      outputShapes.map((shape) => `[${shape.join(", ")}]`).join(" ") || "–",
      figureText(parameters.total),
      figureText(parameters.trainable),
      calls === 0 ? "–" : figureText(flops),
    ]),
  };
}

/** How the runs were set up, a column for each. */
export function configurationSection(runs: readonly Run[]): string {
  const shown = runs.filter(({ configuration }) => configuration !== undefined);
  if (shown.length === 0) return "";
  const columns = shown.map(({ configuration }) => new Map(entriesOf(configuration!)));
  const keys = [...new Set(columns.flatMap((column) => [...column.keys()]))];
  const table = htmlTable({
    caption: "How it was set up",
    head: ["setting", ...shown.map(({ name }) => name)],
    rows: keys.map((key) => [key, ...columns.map((column) => column.get(key) ?? "–")]),
  });
  return `<h2>Configuration</h2>\n${table}`;
}

/** Settings by dotted names. */
function entriesOf(value: object, prefix = ""): [key: string, text: string][] {
  return Object.entries(value).flatMap(([key, each]: [string, unknown]): [string, string][] =>
    isPlainObject(each)
      ? entriesOf(each, `${prefix}${key}.`)
      : [[prefix + key, typeof each === "string" ? each : (JSON.stringify(each) ?? String(each))]],
  );
}
