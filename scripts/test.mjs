// Everything that has to hold, stage by stage; the last line is "N passed, N failed".
//
//   pnpm test              all stages
//   pnpm test packages/nn  all stages, but only the unit tests of that folder
//
// A stage that is one command counts as one item; tests count one by one.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { leftOut } from "./left-out.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const cache = join(root, "node_modules", ".cache", "test");
const filters = process.argv.slice(2);

rmSync(cache, { recursive: true, force: true });
mkdirSync(cache, { recursive: true });

const env = {
  ...process.env,
  PATH: [join(root, "node_modules", ".bin"), process.env.PATH].join(delimiter),
};

/** Runs one command with its output on ours; true when it succeeded. */
function run(command) {
  console.log(`$ ${command}`);
  return spawnSync(command, { cwd: root, env, shell: true, stdio: ["ignore", "inherit", "inherit"] }).status === 0;
}

/** A stage that is one command: passed or failed as a whole. */
function whole(line) {
  return run(line) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Like `run`, and keeps what the command says on its standard output. */
async function runAndKeep(command) {
  console.log(`$ ${command}`);
  const child = spawn(command, {
    cwd: root,
    env: process.stdout.isTTY ? { ...env, FORCE_COLOR: "1" } : env,
    shell: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output += text;
    process.stdout.write(text);
  });
  const [code] = await once(child, "close");
  return { ok: code === 0, output };
}

/** Adds up the lines "N finite-difference checks ... worst error E" that gradient tests print. */
function countChecks(output) {
  let [checks, worst] = [0, 0];
  for (const [, count, error] of output.matchAll(/(\d+) finite-difference checks.*?worst error ([\d.e+-]+)/g)) {
    checks += Number(count);
    worst = Math.max(worst, Number(error));
  }
  return { checks, worst };
}

/** A stage that leaves its own count in a JSON file; a failure that the file does not tell of counts as one. */
async function counted(line, file, count) {
  const { ok, output } = await runAndKeep(line);
  let result = { passed: 0, failed: 0 };
  try {
    result = count(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    console.error(`No result of this stage: ${error.message}`);
    result.failed = 1;
  }
  if (!ok && result.failed === 0) result.failed = 1;
  return { ...result, ...countChecks(output) };
}

/** Vitest's report: its tests, and the files that failed without any test of theirs failing (they did not load). */
function countTests(report) {
  const broken = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
    note: leftOut(report),
  };
}

/** A run of Vitest, maybe with variables set. */
function vitest(name, args, variables = "") {
  const file = join(cache, `${name}.json`);
  const reporters = `--reporter=default --reporter=json --outputFile.json="${file}"`;
  return counted([variables, "vitest run", reporters, ...args].join(" ").trim(), file, countTests);
}

/** @type {[name: string, stage: () => Result | Promise<Result>][]}
 *  @typedef {{ passed: number, failed: number, skipped?: number, note?: string, checks?: number, worst?: number }} Result */
const stages = [
  ["Build", () => whole("tsc -b")],
  ["Types, tests included", () => whole("tsc -p tsconfig.test.json")],
  ["Lint", () => whole("oxlint --type-aware --max-warnings 0")],
  ["Format", () => whole("oxfmt --check")],
  ["Unit tests", () => vitest("unit", filters)],
  // A part of `pnpm test:reference`.
  ["Reference kernels", () => vitest("reference", ["packages/tensor/src/primitives"], "TAPEGRAD_EAGER=reference")],
  ["Packages, as users get them", () => vitest("packages", ["--config=packages/consumer/vitest.config.ts"])],
];

const summary = [];
for (const [name, stage] of stages) {
  console.log(`\n── ${name} ${"─".repeat(Math.max(0, 76 - name.length))}`);
  const start = performance.now();
  const result = await stage();
  summary.push({ name, ...result, seconds: (performance.now() - start) / 1000 });
}

console.log(`\n── Summary ${"─".repeat(69)}`);
for (const { name, passed, failed, skipped = 0, checks = 0, worst = 0, seconds } of summary) {
  const notes =
    (skipped > 0 ? `, ${skipped} skipped` : "") +
    (checks > 0 ? `; ${checks} finite-difference checks, worst error ${worst.toExponential(1)}` : "");
  console.log(
    `${failed === 0 ? "ok  " : "FAIL"} ${name.padEnd(28)} ${passed} passed, ${failed} failed${notes} (${seconds.toFixed(1)} s)`,
  );
}

for (const { note } of summary) if (note !== undefined) console.log(`\n${note}`);

const passed = summary.reduce((total, stage) => total + stage.passed, 0);
const failed = summary.reduce((total, stage) => total + stage.failed, 0);
process.exitCode = failed === 0 ? 0 : 1;
console.log(`\n${passed} passed, ${failed} failed`);
