/** Lines of a Markdown table in the layout of the formatter; the first row is its head. */
export function markdownTable(given: readonly (readonly string[])[]): string {
  // A bar ends a cell, in code as well.
  const rows = given.map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  // Accents that combine with the letter before take no place.
  const length = (cell: string): number => [...cell.replaceAll(/\p{Mn}/gu, "")].length;
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => length(row[column]!))));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell + " ".repeat(widths[column]! - length(cell))).join(" | ")} |`;
  return [rows[0]!, widths.map((width) => "-".repeat(width)), ...rows.slice(1)].map(line).join("\n");
}
