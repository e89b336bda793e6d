import { execFileSync } from "node:child_process";
import os from "node:os";
import process from "node:process";
import type { Column } from "./find-columns.ts";
import { type Pace, race } from "./race.ts";
import type { ReportColumn, Results } from "./report/results.ts";
import type { Row } from "./rows/row.ts";

/** Lets all columns run one row after the other. */
export async function runRows(
  rows: readonly Row[],
  columns: readonly Column[],
  pace: Pace,
): Promise<Omit<Results, "bundles">> {
  const versions = new Set<string>();
  const outcomes = await eachInTurn(rows, async (row) => {
    const result = await race(row, columns, pace);
    for (const version of result.versions) versions.add(version);
    return { name: row.name, outcomes: result.outcomes };
  });
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    versions: [...versions],
    columns: columns.map(reportColumn),
    rows: outcomes,
  };
}

/** Those whose name contains one of these parts; all if there are no parts. */
export function named<T>(all: readonly T[], name: (one: T) => string, parts: readonly string[]): readonly T[] {
  const contains = (one: T): boolean => parts.some((part) => name(one).toLowerCase().includes(part.toLowerCase()));
  const chosen = parts.length === 0 ? all : all.filter(contains);
  if (chosen.length > 0) return chosen;
  throw new Error(`bench: expected a part of one of these names, got none.\n${all.map(name).join("\n")}`);
}

/** Does something with one row after the other, and shows on a terminal how far it is. */
export async function eachInTurn<T>(chosen: readonly Row[], action: (row: Row) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (const [i, row] of chosen.entries()) {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${i + 1} of ${chosen.length}: ${row.name}`);
    results.push(await action(row));
  }
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
  return results;
}

function reportColumn({ id, title, group, threads, contender }: Column): ReportColumn {
  return { id, title, group, threads, ...("missing" in contender && { missing: contender.missing }) };
}

function machine(): Results["machine"] {
  return {
    processor: processorName(),
    cores: os.availableParallelism(),
    memory: `${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    system: `${os.type()} ${os.arch()}`,
  };
}

function processorName(): string {
  const [core] = os.cpus();
  if (core !== undefined && core.model !== "unknown") return core.model.trim();
  try {
    return /model name\s*:\s*(.*)/i.exec(execFileSync("lscpu", { encoding: "utf8" }))?.[1] ?? "unknown processor";
  } catch {
    return "unknown processor";
  }
}
