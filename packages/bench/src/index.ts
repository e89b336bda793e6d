import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { bundleSize } from "./bundle-size.ts";
import { columnsAgainst, compare, passes } from "./compare.ts";
import { type Column, findColumns } from "./find-columns.ts";
import { type Pace, race } from "./race.ts";
import { formatComparison } from "./report/format-comparison.ts";
import { formatResults } from "./report/format-results.ts";
import { formatMoved } from "./report/moved-rows.ts";
import { replaceBetween } from "./report/replace-between.ts";
import type { ReportColumn, Results } from "./report/results.ts";
import type { Row } from "./rows/row.ts";
import { rows } from "./rows/rows.ts";

const usage = `bench [--row NAME]... [--only COLUMN]... [--quick]
bench --against FOLDER [--row NAME]... [--quick]
  --row NAME        only rows whose name contains NAME
  --only COLUMN     only columns whose title contains COLUMN
  --quick           fewer and shorter rounds
  --against FOLDER  compares with another checkout that is built; fails if this one is slower
Only a whole run of the first form writes results.json and the README's table.`;

const thorough: Pace = { warmUp: 500, sample: 40, rounds: 11, most: 1500 };
const quick: Pace = { warmUp: 60, sample: 15, rounds: 3, most: 300 };

const { values: options } = parseArgs({
  options: {
    row: { type: "string", multiple: true, default: [] },
    against: { type: "string" },
    only: { type: "string", multiple: true, default: [] },
    quick: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const pace = options.quick ? quick : thorough;
const bundle = { name: "compile, nn and optim", entries: ["@tapegrad/compile", "@tapegrad/nn", "@tapegrad/optim"] };

if (options.help) {
  console.log(usage);
} else if (options.against === undefined) {
  await bench();
} else {
  await benchAgainst(options.against);
}

async function bench(): Promise<void> {
  const chosen = chosenRows();
  const columns = named(findColumns(), ({ title }) => title, options.only);
  const versions = new Set<string>();
  const outcomes = await eachInTurn(chosen, async (row) => {
    const result = await race(row, columns, pace);
    for (const version of result.versions) versions.add(version);
    return { name: row.name, outcomes: result.outcomes };
  });
  const results: Results = {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    versions: [...versions],
    columns: columns.map(reportColumn),
    rows: outcomes,
    bundles: { [bundle.name]: bundleSize(bundle.entries) },
  };
  const text = formatResults(results);
  const committed = new URL("../results.json", import.meta.url);
  console.log(`${text}\n\n${formatMoved(JSON.parse(readFileSync(committed, "utf8")) as Results, results)}`);
  if (options.quick || chosen.length < rows.length || options.only.length > 0) return;
  writeFileSync(committed, `${JSON.stringify(results, undefined, 2)}\n`);
  const readme = new URL("../../../README.md", import.meta.url);
  writeFileSync(readme, replaceBetween(readFileSync(readme, "utf8"), "bench", text));
}

async function benchAgainst(folder: string): Promise<void> {
  if (options.only.length > 0) throw new Error("bench: expected --against or --only, got both.");
  const other = path.resolve(process.env["INIT_CWD"] ?? "", folder); // pnpm runs the bench in its own folder
  const columns = columnsAgainst(other);
  const comparisons = await eachInTurn(chosenRows(), (row) => compare(row, columns, pace));
  const bundles = {
    [`${bundle.name}, other checkout`]: bundleSize(bundle.entries, `${other}/packages/bench/package.json`),
    [`${bundle.name}, this checkout`]: bundleSize(bundle.entries),
  };
  console.log(formatComparison(comparisons, bundles));
  if (!passes(comparisons)) process.exitCode = 1;
}

function chosenRows(): readonly Row[] {
  return named(rows, ({ name }) => name, options.row);
}

/** Those whose name contains one of these parts; all if there are no parts. */
function named<T>(all: readonly T[], name: (one: T) => string, parts: readonly string[]): readonly T[] {
  const contains = (one: T): boolean => parts.some((part) => name(one).toLowerCase().includes(part.toLowerCase()));
  const chosen = parts.length === 0 ? all : all.filter(contains);
  if (chosen.length > 0) return chosen;
  throw new Error(`bench: expected a part of one of these names, got none.\n${all.map(name).join("\n")}`);
}

/** Does something with one row after the other, and shows on a terminal how far it is. */
async function eachInTurn<T>(chosen: readonly Row[], action: (row: Row) => Promise<T>): Promise<T[]> {
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
