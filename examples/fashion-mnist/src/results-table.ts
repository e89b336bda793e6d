import { textTable } from "@tapegrad/example-command-line";
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
  return textTable([columns, ...resultRows(runs)]);
}
