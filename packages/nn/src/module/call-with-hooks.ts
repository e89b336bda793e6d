import { BackwardPass } from "./backward-pass.ts";
import { globalHooks } from "./global-hooks.ts";
import { expectInputs, hooksOf, type ModuleHooks } from "./hook-lists.ts";

/** What computes the output of a module. */
export type Forward = (...inputs: readonly unknown[]) => unknown;

/** Calls `forward` of a module between the hooks of all modules and its own. */
export function callWithHooks(module: object, own: ModuleHooks, forward: Forward, given: readonly unknown[]): unknown {
  const hooks = [...globalHooks.get(), ...own];
  const pending = new Set(hooksOf(hooks, "post"));
  let inputs = given;
  let output: unknown;
  try {
    for (const { run } of hooksOf(hooks, "pre")) {
      const replaced = run(module, inputs) ?? undefined;
      if (replaced !== undefined) inputs = expectInputs(replaced);
    }
    const goesBack = hooks.some(({ kind }) => kind === "backward" || kind === "backwardPre");
    const pass = goesBack ? new BackwardPass(module, hooks) : undefined;
    if (pass !== undefined) inputs = pass.enter(inputs);
    output = Reflect.apply(forward, module, inputs);
    for (const entry of pending) {
      pending.delete(entry);
      output = entry.run(module, inputs, output) ?? output;
    }
    return pass === undefined ? output : pass.leave(output);
  } catch (error) {
    for (const { run, alwaysCall } of pending) {
      if (!alwaysCall) continue;
      try {
        output = run(module, inputs, output) ?? output;
      } catch (silenced) {
        // The first error is what the user has to know.
        console.warn(
          `registerForwardHook: a hook that is always called failed after another error: ${String(silenced)}`,
        );
      }
    }
    throw error;
  }
}
