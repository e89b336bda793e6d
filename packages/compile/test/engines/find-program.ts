import { spawnSync } from "node:child_process";

/**
 * The first of some programs that runs here.
 *
 * @throws {Error} that says how to get one
 */
export function findProgram(candidates: readonly (string | undefined)[], help: string): string {
  for (const candidate of candidates) {
    if (candidate !== undefined && spawnSync(candidate, ["--version"]).status === 0) return candidate;
  }
  throw new Error(help);
}
