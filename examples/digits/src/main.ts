import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { runProgram } from "./program.ts";
import { barProgress, lineProgress } from "./progress.ts";

const write = (line: string): void => console.log(line);

process.exitCode = runProgram(process.argv.slice(2), {
  write,
  progress: process.stderr.isTTY ? barProgress() : lineProgress(write),
  out: relative(process.cwd(), fileURLToPath(new URL("../out", import.meta.url))),
});
