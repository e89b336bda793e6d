import { TapegradError } from "@tapegrad/tensor";
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { goldenRows } from "./golden/golden-rows.ts";
import type { Row } from "./row.ts";
import { formatCases, formatTable, replaceTable, type Score, scoresOf } from "./scoreboard.ts";
import { suites } from "./suites.ts";

const usage = "usage: pnpm conformance [--golden DIR]";

/** Writes scoreboard.json and the table of the README. */
function publish(scores: readonly Score[]): void {
  const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  writeFileSync(path("../scoreboard.json"), `${JSON.stringify(scores, null, 2)}\n`);
  const readme = path("../../../README.md");
  writeFileSync(readme, replaceTable(readFileSync(readme, "utf8"), formatTable(scores)));
}

function run(folder: string | undefined): number {
  const rows: readonly Row[] = folder === undefined ? suites.flatMap((suite) => suite()) : goldenRows(folder);
  const scores = scoresOf(rows);
  const failed = formatCases(rows, "failed");
  for (const line of [...formatCases(rows, "excluded"), ...failed]) console.log(line);
  console.log(formatTable(scores));
  console.log(`${failed.length} failed`);
  if (folder === undefined) publish(scores);
  return failed.length === 0 ? 0 : 1;
}

try {
  const { values } = parseArgs({ options: { golden: { type: "string" } } });
  process.exitCode = run(values.golden);
} catch (error) {
  if (error instanceof TapegradError) console.error(error.message);
  else if (error instanceof TypeError && "code" in error) console.error(`${error.message}\n${usage}`);
  else throw error;
  process.exitCode = 2;
}
