import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { norms } from "../../src/index.ts";

const [begin, end] = ["<!-- norms: from norms.table() -->\n\n", "\n\n<!-- /norms -->"] as const;

/** Lines of a Markdown table in the layout of the formatter. */
function markdownTable(rows: readonly (readonly string[])[]): string {
  // Accents that combine with the letter before take no place.
  const length = (cell: string): number => [...cell.replaceAll(/\p{Mn}/gu, "")].length;
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => length(row[column]!))));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell + " ".repeat(widths[column]! - length(cell))).join(" | ")} |`;
  return [rows[0]!, widths.map((width) => "-".repeat(width)), ...rows.slice(1)].map(line).join("\n");
}

it("the table in README.md is that of norms.table(); `vitest -u` renews it", async () => {
  const table = markdownTable([
    ["norm", "normalizes", "formula", "parameters", "state", "paper"],
    ...norms
      .table()
      .map(({ call, axes, formula, parameters, state, paper }) => [
        `\`${call}\``,
        axes,
        `\`${formula}\``,
        parameters,
        state,
        paper === undefined ? "" : `[${paper.title}](${paper.link})`,
      ]),
  ]);
  const path = new URL("../../README.md", import.meta.url);
  const [before, rest] = readFileSync(path, "utf8").split(begin) as [string, string];
  const after = rest.slice(rest.indexOf(end));
  await expect(before + begin + table + after).toMatchFileSnapshot(path.pathname, "README.md is stale: run vitest -u");
});
