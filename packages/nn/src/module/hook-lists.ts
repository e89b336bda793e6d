import type { Tensor } from "@tapegrad/tensor";
import { ValueError } from "@tapegrad/tensor";
import { formatValue, option, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import type { AnyModule } from "./module.ts";

/** Sees the inputs before `forward`; what it returns replaces them. */
export type ForwardPreHook<M extends AnyModule> = (
  module: M,
  inputs: Parameters<M["forward"]>,
) => readonly [...Parameters<M["forward"]>] | undefined | void;

/** Sees inputs and output after `forward`; what it returns replaces the output. */
export type ForwardHook<M extends AnyModule, Output = ReturnType<M["forward"]>> = (
  module: M,
  inputs: Parameters<M["forward"]>,
  output: Output,
) => ReturnType<M["forward"]> | undefined | void;

/** A gradient for each tensor among the inputs or in the output of a module, in order; undefined for one without. */
export type ModuleGradients = readonly (Tensor | undefined)[];

/** Sees the gradients of the output of a module before they go back through it; what it returns replaces them. */
export type FullBackwardPreHook<M extends AnyModule> = (
  module: M,
  gradOutputs: ModuleGradients,
) => ModuleGradients | undefined | void;

/** Sees the gradients of the inputs and of the output of a module; what it returns replaces those of the inputs. */
export type FullBackwardHook<M extends AnyModule> = (
  module: M,
  gradInputs: ModuleGradients,
  gradOutputs: ModuleGradients,
) => ModuleGradients | undefined | void;

/** Options of hooks. */
export interface HookOptions {
  /** Run before the hooks that are there, instead of after them. Default: false. */
  readonly prepend?: boolean;
}

/** Options of hooks after `forward`. */
export interface ForwardHookOptions extends HookOptions {
  /** Run also when `forward` or another hook throws; there may be no output then. Default: false. */
  readonly alwaysCall?: boolean;
}

const prepend = option(ranges.flag, false);
export const hookTable: OptionTable<HookOptions> = { prepend };
export const forwardHookTable: OptionTable<ForwardHookOptions> = { prepend, alwaysCall: option(ranges.flag, false) };

/** What hooks are, whatever their module. */
export interface HookKinds {
  readonly pre: (module: object, inputs: readonly unknown[]) => unknown;
  readonly post: (module: object, inputs: readonly unknown[], output: unknown) => unknown;
  readonly backwardPre: (module: object, gradOutputs: ModuleGradients) => unknown;
  readonly backward: (module: object, gradInputs: ModuleGradients, gradOutputs: ModuleGradients) => unknown;
}

/** One registration. */
export type HookEntry<K extends keyof HookKinds = keyof HookKinds> = {
  readonly [Kind in K]: { readonly kind: Kind; readonly run: HookKinds[Kind]; readonly alwaysCall: boolean };
}[K];

/** The hooks of one module, or of all, in order; never changed, but replaced by others. */
export type ModuleHooks = readonly HookEntry[];

/** Those of one kind. */
export function hooksOf<K extends keyof HookKinds>(hooks: ModuleHooks, kind: K): readonly HookEntry<K>[] {
  return hooks.filter((hook): hook is HookEntry<K> & HookEntry => hook.kind === kind);
}

/** The inputs that a hook has given in place of others. */
export function expectInputs(given: unknown): readonly unknown[] {
  if (Array.isArray(given)) return given;
  throw new ValueError(
    `registerForwardPreHook: expected the hook to give a list of inputs or undefined, got ${formatValue(given)}.`,
  );
}
