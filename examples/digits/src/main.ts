import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { runProgram } from "./program.ts";
import { barProgress, lineProgress } from "./progress.ts";

const write = (line: string): void => console.log(line);

const progress = process.stderr.isTTY ? barProgress() : lineProgress(write);

// Interrupted, it gives the cursor back and then ends as it would have without this.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    progress.stop();
    process.kill(process.pid, signal);
  });
}

process.exitCode = await runProgram(process.argv.slice(2), {
  write,
  progress,
  out: relative(process.cwd(), fileURLToPath(new URL("../out", import.meta.url))),
});
