import { percent } from "../results-table.ts";
import type { RunResult } from "../run-result.ts";
import { layerPoints } from "./activation-charts.ts";
import { escapeHtml } from "./escape-html.ts";

/** A table with its heading row and, in each row, a heading cell. */
export function htmlTable(caption: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const header = head.map((cell) => `<th scope="col">${escapeHtml(cell)}</th>`).join("");
  const body = rows.map(
    ([first = "", ...cells]) =>
      `<tr><th scope="row">${escapeHtml(first)}</th>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join("")}</tr>`,
  );
  return `<table><caption>${escapeHtml(caption)}</caption><thead><tr>${header}</tr></thead><tbody>${body.join("\n")}</tbody></table>`;
}

/** A table that is folded away under a summary and can be scrolled with the keyboard. */
export function foldedTable(summary: string, table: string): string {
  return `<details><summary>${escapeHtml(summary)}</summary><div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(summary)}">${table}</div></details>`;
}

/** Losses and accuracies of every epoch. */
export function curveTable(runs: readonly RunResult[]): string {
  const head = [
    "epoch",
    ...runs.flatMap(({ norm }) => [`${norm}: training loss`, `${norm}: test loss`, `${norm}: test accuracy`]),
  ];
  const rows = (runs[0]?.history ?? []).map(({ epoch }, index) => [
    String(epoch),
    ...runs.flatMap(({ history }) => {
      const record = history[index];
      if (record === undefined) return ["", "", ""];
      return [record.trainLoss.toFixed(4), record.testLoss.toFixed(4), percent(record.testAccuracy)];
    }),
  ]);
  return htmlTable("Loss and accuracy after every epoch", head, rows);
}

/** Mean and deviation of one layer's outputs after every epoch. */
export function activationTable(runs: readonly RunResult[], layer: string): string {
  const head = ["epoch", ...runs.flatMap(({ norm }) => [`${norm}: mean`, `${norm}: deviation`])];
  const columns = runs.map((run) => layerPoints([run], layer));
  const rows = (columns[0] ?? []).map(({ epoch }, index) => [
    epoch === 0 ? "0 (before training)" : String(epoch),
    ...columns.flatMap((points) => {
      const point = points[index];
      return point === undefined ? ["", ""] : [point.mean.toFixed(4), point.std.toFixed(4)];
    }),
  ]);
  return htmlTable(`Outputs of ${layer} for the training images`, head, rows);
}
