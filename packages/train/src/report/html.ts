const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text as HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character]!);
}

/** A table of text: a caption, a row of headings, and rows of which the first cell is a heading. */
export interface ReportTable {
  /** What it is about. */
  readonly caption: string;
  /** Headings of the columns. */
  readonly head: readonly string[];
  /** The rows, each as long as the head. */
  readonly rows: readonly (readonly string[])[];
}

/** A table as HTML; a wide one can be scrolled, with the keyboard too. */
export function htmlTable({ caption, head, rows }: ReportTable): string {
  const header = head.map((cell) => `<th scope="col">${escapeHtml(cell)}</th>`).join("");
  const body = rows.map(
    ([first = "", ...cells]) =>
      `<tr><th scope="row">${escapeHtml(first)}</th>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join("")}</tr>`,
  );
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(caption)}"><table><caption>${escapeHtml(caption)}</caption><thead><tr>${header}</tr></thead><tbody>${body.join("\n")}</tbody></table></div>`;
}

/** A table that is folded away behind its chart. */
export function foldedTable(table: ReportTable): string {
  return `<details><summary>Table<span class="unseen">: ${escapeHtml(table.caption)}</span></summary>${htmlTable(table)}</details>`;
}

/** A figure as text: four decimals where they say enough. */
export function figureText(value: number | undefined): string {
  if (value === undefined) return "–";
  if (Number.isInteger(value)) return value.toLocaleString("en-US");
  const size = Math.abs(value);
  return size >= 1e-3 && size < 1e5 ? value.toFixed(4) : value.toExponential(3);
}
