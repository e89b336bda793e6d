import { builtin } from "./builtin.ts";

const oneDay = 86_400_000;
const pattern = /^\.([^~]+)~(\d+)~[0-9a-f]{8}\.unfinished$/;

/** A name for a file that is being written: machine and process tell whether anybody still does. */
export function unfinishedName(fn: string): string {
  return `.${machine(fn)}~${builtin(fn, "process").pid}~${crypto.randomUUID().slice(0, 8)}.unfinished`;
}

/**
 * Removes the files of a folder that programs have left unfinished which were killed while they wrote them. One of another
 * machine, which may share the folder, counts as left after a day.
 */
export function removeLeftovers(fn: string, folder: string): void {
  const fs = builtin(fn, "fs");
  const { join } = builtin(fn, "path");
  quietly(() => {
    for (const name of fs.readdirSync(folder)) {
      const [, host, pid] = pattern.exec(name) ?? [];
      if (host === undefined) continue;
      const path = join(folder, name);
      quietly(() => {
        const { mtimeMs } = fs.statSync(path);
        const isOld = Date.now() - mtimeMs > oneDay;
        if (isOld || (host === machine(fn) && !isRunning(fn, Number(pid), mtimeMs))) fs.rmSync(path);
      });
    }
  });
}

/** Does what may fail: whatever goes wrong with a file that nobody needs is less than what else is going on. */
export function quietly(action: () => void): void {
  try {
    action();
  } catch {
    // It stays.
  }
}

/** The name of this machine, as it can stand in the name of a file. */
function machine(fn: string): string {
  return encodeURIComponent(builtin(fn, "os").hostname()).replaceAll("~", "-");
}

/** Whether a process that wrote something at a time is still there. */
function isRunning(fn: string, pid: number, time: number): boolean {
  const process = builtin(fn, "process");
  // In a container that starts again, the process before had the number that this one has.
  if (pid === process.pid) return time > Date.now() - 1000 * process.uptime();
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { readonly code?: string }).code !== "ESRCH";
  }
}
