import type { Row } from "./row.ts";

/** One line of the scoreboard. */
export interface Score {
  readonly family: string;
  readonly cases: number;
  readonly passed: number;
  readonly excluded: number;
  readonly failed: number;
  readonly worstError: number;
}

/** Counts the rows of each family, in the order in which the families appear, and of all together. */
export function scoresOf(rows: readonly Row[]): Score[] {
  const families = [...new Set(rows.map(({ family }) => family))];
  const score = (family: string, among: readonly Row[]): Score => {
    const count = (status: Row["status"]): number => among.filter((row) => row.status === status).length;
    return {
      family,
      cases: among.length,
      passed: count("passed"),
      excluded: count("excluded"),
      failed: count("failed"),
      // Of what failed the error says nothing: it may be one of another shape.
      worstError: among.reduce((worst, row) => (row.status === "passed" ? Math.max(worst, row.worstError) : worst), 0),
    };
  };
  const scores = families.map((family) =>
    score(
      family,
      rows.filter((row) => row.family === family),
    ),
  );
  return [...scores, score("all", rows)];
}

const columns: readonly (readonly [title: string, cell: (score: Score) => string])[] = [
  ["family", ({ family }) => family],
  ["cases", ({ cases }) => String(cases)],
  ["passed", ({ passed }) => String(passed)],
  ["excluded", ({ excluded }) => String(excluded)],
  ["worst error", ({ worstError }) => (worstError === 0 ? "0" : worstError.toExponential(1))],
];

/** The table in Markdown, its columns aligned. */
export function formatTable(scores: readonly Score[]): string {
  const lines = [columns.map(([title]) => title), ...scores.map((score) => columns.map(([, cell]) => cell(score)))];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  const row = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(" | ")} |`;
  const rule = `| ${widths.map((width, i) => (i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  const [head = [], ...body] = lines;
  return [row(head), rule, ...body.map(row)].join("\n");
}

/** One line for each case that failed or is excluded. */
export function formatCases(rows: readonly Row[], status: "failed" | "excluded"): string[] {
  return rows
    .filter((row) => row.status === status)
    .map((row) => `${status} ${row.family}: ${row.case}: ${row.reason ?? ""}`);
}

const [begin, end] = ["<!-- conformance:begin -->", "<!-- conformance:end -->"];

/** `text` with what stands between the two markers replaced by the table; as it is without markers. */
export function replaceTable(text: string, table: string): string {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) return text;
  return `${text.slice(0, from + begin.length)}\n\n${table}\n\n${text.slice(to)}`;
}
