// Packs every public package as it would be published and checks the tarball with publint and are-the-types-wrong.
//
//   node scripts/check-packages.mjs [report.json]

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const bin = join(root, "node_modules", ".bin");
const env = { ...process.env, PATH: [bin, process.env.PATH].join(delimiter), FORCE_COLOR: "0" };

/** Runs one command and resolves to its exit code and everything it printed. */
function run(command, cwd) {
  return new Promise((resolve) => {
    const child = spawn(command, { cwd, env, shell: true, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.on("error", (error) => resolve({ code: 1, output: error.message }));
    child.on("close", (code) => resolve({ code, output }));
  });
}

const json = (path) => JSON.parse(readFileSync(path, "utf8"));

/** What every workspace folder owes to the rest: its type check, and its place in the root build. */
function checkFolder(folder) {
  const problems = [];
  const path = join(root, folder);
  if (!existsSync(join(path, "tsconfig.test.json"))) problems.push("tsconfig.test.json is missing");
  if (json(join(path, "package.json")).scripts?.check === undefined) problems.push('the script "check" is missing');
  const { references } = json(join(root, "tsconfig.json"));
  if (!references.some((reference) => reference.path === folder)) problems.push("tsconfig.json does not refer to it");
  return problems;
}

/** What every published folder owes to its users. */
async function checkPackage(folder, temporary) {
  const path = join(root, folder);
  const problems = [];
  for (const file of ["README.md", "LICENSE"]) {
    if (!existsSync(join(path, file))) problems.push(`${file} is missing`);
  }
  const destination = mkdtempSync(join(temporary, "pack-"));
  const packed = await run(`pnpm pack --json --pack-destination "${destination}"`, path);
  const tarball = readdirSync(destination).find((file) => file.endsWith(".tgz"));
  if (packed.code !== 0 || tarball === undefined) return [...problems, `pnpm pack failed:\n${packed.output}`];

  for (const stray of packed.output.match(/[^"\s]*(?:\.tsbuildinfo|\.test\.\w+)(?=")/g) ?? []) {
    problems.push(`${stray} would be published`);
  }

  const file = join(destination, tarball);
  const checks = [`publint run "${file}" --strict`, `attw "${file}" --profile esm-only --no-emoji --no-color`];
  for (const check of checks) {
    const { code, output } = await run(check, path);
    if (code !== 0) problems.push(`${check.split(" ")[0]}:\n${output.trim()}`);
  }
  return problems;
}

const folders = ["packages", "examples"].flatMap((group) =>
  existsSync(join(root, group))
    ? readdirSync(join(root, group))
        .map((name) => `${group}/${name}`)
        .filter((folder) => existsSync(join(root, folder, "package.json")))
    : [],
);

const temporary = mkdtempSync(join(tmpdir(), "tapegrad-packages-"));
const report = { passed: 0, failed: 0 };
const queue = [...folders];

async function worker() {
  for (let folder = queue.shift(); folder !== undefined; folder = queue.shift()) {
    const isPrivate = json(join(root, folder, "package.json")).private === true;
    const problems = [...checkFolder(folder), ...(isPrivate ? [] : await checkPackage(folder, temporary))];
    report[problems.length === 0 ? "passed" : "failed"] += 1;
    console.log(`${problems.length === 0 ? "ok  " : "FAIL"} ${folder}`);
    for (const problem of problems) console.log(problem.replaceAll(/^/gm, "     "));
  }
}

try {
  await Promise.all([worker(), worker()]);
} finally {
  rmSync(temporary, { recursive: true, force: true });
}

if (process.argv[2] !== undefined) writeFileSync(process.argv[2], JSON.stringify(report));
process.exitCode = report.failed === 0 ? 0 : 1;
