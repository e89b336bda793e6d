import type { NormSummary } from "./summarize.ts";

/** Headings and cells of the table of results, as text. */
export function resultCells(summaries: readonly NormSummary[]): { head: string[]; rows: string[][] } {
  const several = summaries.some((summary) => summary.runs > 1);
  const head = ["norm", "final loss", "test accuracy", ...(several ? ["lowest", "highest"] : []), "time", "parameters"];
  const rows = summaries.map((summary) => [
    summary.norm,
    summary.finalLoss.toFixed(4),
    percent(summary.testAccuracy),
    ...(several ? [percent(summary.lowestAccuracy), percent(summary.highestAccuracy)] : []),
    `${summary.seconds.toFixed(2)} s`,
    summary.parameters.toLocaleString("en"),
  ]);
  return { head, rows };
}

/** The table of results for a terminal. */
export function resultsTable(summaries: readonly NormSummary[]): string {
  const { head, rows } = resultCells(summaries);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join("   ");
  return [line(head), widths.map((width) => "─".repeat(width)).join("   "), ...rows.map(line)].join("\n");
}

/** A share of 1 as a percentage. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
