import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Debian's, which has its packages; another one may stand first on the path. */
const interpreter = "/usr/bin/python3";

/** Whether Python can import these modules. */
export function hasPython(...modules: readonly string[]): boolean {
  return spawnSync(interpreter, ["-c", `import ${modules.join(", ")}`]).status === 0;
}

/** What a script beside this file prints. */
export function python(script: string, ...args: readonly string[]): string {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const { status, stdout, stderr } = spawnSync(interpreter, ["-B", path, ...args], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${script} ended with ${status}:\n${stderr}`);
  return stdout;
}
