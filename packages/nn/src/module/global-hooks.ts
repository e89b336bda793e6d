import type { HookHandle } from "@tapegrad/tensor";
import { addHookTo, Cell, expectFunction, expectNothing, noHooks, settleOptions } from "@tapegrad/tensor/internal";
import { forwardHookTable, type HookEntry, type ModuleGradients, type ModuleHooks } from "./hook-lists.ts";
import type { AnyModule } from "./module.ts";

/** The hooks of all modules; a trace depends on them. */
export const globalHooks: Cell<ModuleHooks> = new Cell(noHooks, "the hooks of all modules");

/** Sees the inputs of whatever module before `forward`; the list that it returns replaces them. */
export type ModuleForwardPreHook = (
  module: AnyModule,
  inputs: readonly unknown[],
) => readonly unknown[] | undefined | void;

/** Sees inputs and output of whatever module after `forward`; what it returns replaces the output. */
export type ModuleForwardHook = (module: AnyModule, inputs: readonly unknown[], output: unknown) => unknown;

/** Sees the gradients of the output of whatever module; the list that it returns replaces them. */
export type ModuleFullBackwardPreHook = (
  module: AnyModule,
  gradOutputs: ModuleGradients,
) => ModuleGradients | undefined | void;

/** Sees the gradients of inputs and output of whatever module; the list that it returns replaces those of the inputs. */
export type ModuleFullBackwardHook = (
  module: AnyModule,
  gradInputs: ModuleGradients,
  gradOutputs: ModuleGradients,
) => ModuleGradients | undefined | void;

/** Options of {@link registerModuleForwardHook}. */
export interface ModuleForwardHookOptions {
  /** Run also when `forward` or another hook throws; there may be no output then. Default: false. */
  readonly alwaysCall?: boolean;
}

const { prepend: _, ...table } = forwardHookTable;

/**
 * Calls `hook(module, inputs)` before every `forward` of every module, and before the hooks of the module itself; the list
 * that it returns replaces the inputs. Modules whose `forward` is a field and no method take part once they have hooks of
 * their own. For debugging and profiling.
 */
export function registerModuleForwardPreHook(hook: ModuleForwardPreHook, ...none: []): HookHandle {
  expectNothing("registerModuleForwardPreHook", none);
  return register("registerModuleForwardPreHook", "pre", hook);
}

/**
 * Calls `hook(module, inputs, output)` after every `forward` of every module, and before the hooks of the module itself;
 * what it returns, unless undefined, replaces the output. For debugging and profiling.
 *
 * @example
 * const names: string[] = [];
 * const handle = registerModuleForwardHook((module) => void names.push(module.constructor.name));
 * new Sequential(new Dense(2, 2), new ReLU()).forward(ones([1, 2]));
 * handle.remove();
 * names; // => ["Dense", "ReLU", "Sequential"]
 */
export function registerModuleForwardHook(hook: ModuleForwardHook, options: ModuleForwardHookOptions = {}): HookHandle {
  const { alwaysCall } = settleOptions("registerModuleForwardHook", options, table);
  return register("registerModuleForwardHook", "post", hook, alwaysCall);
}

/** Calls `hook(module, gradOutputs)` as `Module.registerFullBackwardPreHook` does, for every module. */
export function registerModuleFullBackwardPreHook(hook: ModuleFullBackwardPreHook, ...none: []): HookHandle {
  expectNothing("registerModuleFullBackwardPreHook", none);
  return register("registerModuleFullBackwardPreHook", "backwardPre", hook);
}

/** Calls `hook(module, gradInputs, gradOutputs)` as `Module.registerFullBackwardHook` does, for every module. */
export function registerModuleFullBackwardHook(hook: ModuleFullBackwardHook, ...none: []): HookHandle {
  expectNothing("registerModuleFullBackwardHook", none);
  return register("registerModuleFullBackwardHook", "backward", hook);
}

function register(fn: string, kind: HookEntry["kind"], hook: unknown, alwaysCall = false): HookHandle {
  expectFunction(fn, "hook", hook);
  return addHookTo(globalHooks, { kind, run: hook, alwaysCall } as HookEntry);
}
