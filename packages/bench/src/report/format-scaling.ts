import type { Row } from "../rows/row.ts";
import { aboutRun, gaps } from "./format-results.ts";
import { markdownTable } from "./markdown-table.ts";
import { type ReportColumn, type Results, timingOf } from "./results.ts";
import { significant } from "./significant.ts";

/** A table for each extent that grows: time, time of PyTorch ÷ ours, the first step, and the memory of the process. */
export function formatScaling(
  results: Omit<Results, "bundles">,
  parts: Readonly<Record<string, readonly Row[]>>,
): string {
  const { columns } = results;
  const ours = columns.filter(({ group }) => group === "ours");
  const torch = columns.filter(({ group }) => group === "peer");
  const node = ({ title }: ReportColumn): string => title.replace("compiled, ", "");
  const head = [
    "count",
    ...ours.map((column) => `ms, ${node(column)}`),
    ...ours.map((column) => `PyTorch ÷ ${node(column)}`),
    ...ours.map((column) => `first step, ${node(column)}`),
    ...[...ours, ...torch].map((column) => `memory, ${node(column)}`),
  ];
  const line = (row: Row): string[] => {
    const outcomes = results.rows.find(({ name }) => name === row.name)?.outcomes ?? {};
    const of = ({ id }: ReportColumn) => timingOf(outcomes[id]);
    const cell = (value: number | undefined, unit = ""): string =>
      value === undefined || !Number.isFinite(value) ? "–" : `${significant(value)}${unit}`;
    const peer = torch[0] === undefined ? undefined : of(torch[0])?.median;
    return [
      row.name,
      cell(parametersOf(row) / 1e6, " M"),
      ...ours.map((column) => cell(of(column)?.median)),
      ...ours.map((column) => cell((peer ?? NaN) / (of(column)?.median ?? NaN))),
      ...ours.map((column) => cell(of(column)?.first, " ms")),
      ...[...ours, ...torch].map((column) => cell((of(column)?.memory ?? NaN) / 1e6, " MB")),
    ];
  };
  const ran = (row: Row): boolean => results.rows.some(({ name }) => name === row.name);
  const tables = Object.entries(parts).flatMap(([extent, rows]) => {
    const lines = rows.filter(ran).map(line);
    return lines.length === 0 ? [] : [markdownTable([[extent, ...head], ...lines])];
  });
  return [aboutRun(results), ...tables, ...gaps(results)].join("\n\n");
}

/** How many numbers a row trains. */
function parametersOf({ tensors }: Row): number {
  return Object.entries(tensors)
    .filter(([key]) => key !== "x" && key !== "y")
    .reduce((sum, [, { shape }]) => sum + shape.reduce((product, extent) => product * extent, 1), 0);
}
