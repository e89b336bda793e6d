import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { runProgram } from "./program.ts";

process.exitCode = await runProgram(process.argv.slice(2), {
  write: (line) => console.log(line),
  silent: false,
  out: relative(process.cwd(), fileURLToPath(new URL("../out", import.meta.url))),
});
