import type { RunResult } from "./train-run.ts";

/** Columns of the table of results. */
export const columns = ["network", "norm", "test accuracy", "test loss", "s per epoch", "parameters"] as const;

/** The lines of the table of results. */
export function resultRows(runs: readonly RunResult[]): string[][] {
  return runs.map(({ network, norm, testAccuracy, history, epochSeconds, parameters }) => [
    network,
    norm,
    `${(100 * testAccuracy).toFixed(2)} %`,
    (history["valLoss"]?.at(-1) ?? Number.NaN).toFixed(4),
    epochSeconds.toFixed(2),
    parameters.toLocaleString("en"),
  ]);
}

/** The table of results for a terminal. */
export function resultsTable(runs: readonly RunResult[]): string {
  const lines = [[...columns], ...resultRows(runs)];
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
