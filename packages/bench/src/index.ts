import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import process from "node:process";
import { parseArgs } from "node:util";
import { bundleSize } from "./bundle-size.ts";
import { type Column, findColumns } from "./find-columns.ts";
import { type Pace, race } from "./race.ts";
import { formatResults } from "./report/format-results.ts";
import { replaceBetween } from "./report/replace-between.ts";
import type { ReportColumn, Results } from "./report/results.ts";
import { rows } from "./rows/rows.ts";

const usage = `bench [--row NAME]... [--only COLUMN]... [--quick]
  --row NAME     only rows whose name contains NAME
  --only COLUMN  only columns whose title contains COLUMN
  --quick        fewer and shorter rounds
Only a whole run writes results.json and the README's table.`;

const thorough: Pace = { warmUp: 500, sample: 40, rounds: 11, most: 1500 };
const quick: Pace = { warmUp: 60, sample: 15, rounds: 3, most: 300 };

const { values: options } = parseArgs({
  options: {
    row: { type: "string", multiple: true, default: [] },
    only: { type: "string", multiple: true, default: [] },
    quick: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (options.help) {
  console.log(usage);
} else {
  await bench();
}

async function bench(): Promise<void> {
  const wanted = (text: string, parts: readonly string[]): boolean =>
    parts.length === 0 || parts.some((part) => text.toLowerCase().includes(part.toLowerCase()));
  const chosen = rows.filter(({ name }) => wanted(name, options.row));
  const columns = findColumns().filter(({ title }) => wanted(title, options.only));
  if (chosen.length === 0 || columns.length === 0) {
    const names = (chosen.length === 0 ? rows.map(({ name }) => name) : findColumns().map(({ title }) => title)).join(
      "\n",
    );
    throw new Error(`bench: expected a part of one of these names, got none.\n${names}`);
  }
  const versions = new Set<string>();
  const outcomes: Results["rows"][number][] = [];
  for (const [i, row] of chosen.entries()) {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${i + 1} of ${chosen.length}: ${row.name}`);
    const result = await race(row, columns, options.quick ? quick : thorough);
    for (const version of result.versions) versions.add(version);
    outcomes.push({ name: row.name, outcomes: result.outcomes });
  }
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
  const results: Results = {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    versions: [...versions],
    columns: columns.map(reportColumn),
    rows: outcomes,
    bundles: { "compile, nn and optim": bundleSize(["@tapegrad/compile", "@tapegrad/nn", "@tapegrad/optim"]) },
  };
  const text = formatResults(results);
  console.log(text);
  if (options.quick || chosen.length < rows.length || options.only.length > 0) return;
  writeFileSync(new URL("../results.json", import.meta.url), `${JSON.stringify(results, undefined, 2)}\n`);
  const readme = new URL("../../../README.md", import.meta.url);
  writeFileSync(readme, replaceBetween(readFileSync(readme, "utf8"), "bench", text));
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
