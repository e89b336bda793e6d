import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { runCli } from "./run-cli.ts";
import { formatTable, replaceTable, type Score } from "./scoreboard.ts";
import { suites } from "./suites.ts";

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Writes scoreboard.json and, when nothing failed, the table of the README. */
function publish(scores: readonly Score[]): void {
  writeFileSync(pathOf("../scoreboard.json"), `${JSON.stringify(scores, null, 2)}\n`);
  if (scores.some(({ failed }) => failed > 0)) return;
  const readme = pathOf("../../../README.md");
  writeFileSync(readme, replaceTable(readFileSync(readme, "utf8"), formatTable(scores)));
}

process.exitCode = runCli(process.argv.slice(2), { suites, print: console.log, publish });
