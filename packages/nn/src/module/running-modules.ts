import { placeError } from "@tapegrad/tensor/internal";
import type { ModuleNode } from "./module-node.ts";
import { pathOfRunning } from "./path-of-running.ts";
import { reportMissing } from "./report-missing.ts";

/** Modules whose `forward` runs now, outermost first. */
const running: ModuleNode[] = [];

/** The module whose hooks run around the call of its `forward` that comes next. */
let hooked: object | undefined;

/** Where the innermost of the running modules is, for errors. */
export function runningPlace(): string {
  return pathOfRunning(running);
}

/** Runs the method `forward` of a module; errors learn its path. */
export function runForward<T>(module: ModuleNode, forward: () => T): T {
  const [root] = running;
  if (root !== undefined && root !== module) reportMissing(root, module);
  running.push(module);
  try {
    return forward();
  } catch (error) {
    if (error instanceof Error) placeError(error, runningPlace());
    throw error;
  } finally {
    running.pop();
  }
}

/** Calls `forward` of a module that the hooks of all modules have seen already. */
export function withoutGlobalHooks<T>(module: object, forward: () => T): T {
  hooked = module;
  try {
    return forward();
  } finally {
    hooked = undefined;
  }
}

/** Whether hooks of all modules still have to see this call: it is none of an overridden method, nor between hooks of its own. */
export function wantsGlobalHooks(module: object): boolean {
  if (hooked !== module) return running.at(-1) !== module;
  hooked = undefined;
  return false;
}
