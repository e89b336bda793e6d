import type { Outcome } from "../race.ts";
import { formatSize } from "./format-size.ts";
import { markdownTable } from "./markdown-table.ts";
import { type ReportColumn, type Results, timingOf } from "./results.ts";
import { significant } from "./significant.ts";

/** The tables of a run in Markdown: times, ratios and first steps, sizes, and what is missing. */
export function formatResults(results: Results): string {
  const { rows, columns } = results;
  return [
    aboutRun(results),
    "Milliseconds per step, median of interleaved rounds, one thread unless said:",
    markdownTable([
      ["", ...columns.map(({ title }) => title)],
      ...rows.map(({ name, outcomes }) => [name, ...columns.map(({ id }) => formatOutcome(outcomes[id]))]),
    ]),
    ...(columns.some(isCompiled) ? [ratiosTitle, markdownTable(ratioLines(results))] : []),
    ...Object.entries(results.bundles).map(([name, size]) => formatSize(name, size)),
    ...gaps(results),
  ].join("\n\n");
}

/** Where and when it was measured, and what ran. */
export function aboutRun({ date, machine, versions }: Pick<Results, "date" | "machine" | "versions">): string {
  return `${machine.processor}, ${machine.cores} cores, ${machine.memory}, ${machine.system}; ${versions.join(", ")}; ${date}.`;
}

const ratiosTitle =
  "How many times faster our compiled step is (a peer's time ÷ ours), and our first step with all tracing and compiling:";

function isCompiled({ id }: ReportColumn): boolean {
  return id.startsWith("compiled");
}

function formatOutcome(outcome: Outcome | undefined): string {
  const timing = timingOf(outcome);
  return timing === undefined ? "–" : significant(timing.median);
}

function ratioLines({ columns, rows }: Results): string[][] {
  const compiled = columns.filter(isCompiled);
  const single = compiled.filter(({ threads }) => threads === 1);
  const singlePeers = columns.filter(({ group, threads }) => group === "peer" && threads === 1);
  const torches = columns.filter(({ id }) => id.startsWith("pytorch"));
  const best = (of: readonly ReportColumn[], outcomes: Readonly<Record<string, Outcome>>): number =>
    Math.min(...of.map(({ id }) => timingOf(outcomes[id])?.median ?? Infinity));
  const ratio = (peer: number, own: number): string =>
    Number.isFinite(peer) && Number.isFinite(own) ? significant(peer / own) : "–";
  const short = ({ title }: ReportColumn): string => title.replace("compiled, ", "");
  return [
    [
      "",
      ...singlePeers.flatMap((peer) => single.map((own) => `${peer.title} ÷ ${short(own)}`)),
      "PyTorch ÷ ours, each at its best",
      ...single.map((own) => `first step, ${short(own)}`),
    ],
    ...rows.map(({ name, outcomes }) => [
      name,
      ...singlePeers.flatMap((peer) => single.map((own) => ratio(best([peer], outcomes), best([own], outcomes)))),
      ratio(best(torches, outcomes), best(compiled, outcomes)),
      ...single.map((own) => {
        const first = timingOf(outcomes[own.id])?.first;
        return first === undefined ? "–" : `${significant(first)} ms`;
      }),
    ]),
  ];
}

/** Why cells are empty: a line for each reason. */
export function gaps({ columns, rows }: Pick<Results, "columns" | "rows">): string[] {
  const missing = columns.flatMap((column) =>
    column.missing === undefined ? [] : [`- ${column.title} is not installed: ${column.missing}.`],
  );
  const reasons = new Map<string, string[]>();
  for (const { name, outcomes } of rows) {
    for (const { id, title } of columns) {
      const outcome = outcomes[id];
      if (outcome === undefined || !("error" in outcome)) continue;
      const reason = `${title}: ${outcome.error.split("\n")[0]?.slice(0, 200)}`;
      reasons.set(reason, [...(reasons.get(reason) ?? []), name]);
    }
  }
  const failed = [...reasons].map(
    ([reason, names]) => `- ${reason} (${names.length === rows.length ? "every row" : names.join("; ")})`,
  );
  const lines = [...missing, ...failed];
  return lines.length === 0 ? [] : [`Empty cells:\n\n${lines.join("\n")}`];
}
