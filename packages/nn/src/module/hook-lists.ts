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
export interface HookEntry<H> {
  readonly run: H;
  readonly alwaysCall: boolean;
}

/** The hooks of one module, or of all; never changed, but replaced by others. */
export type HookLists = { readonly [K in keyof HookKinds]: readonly HookEntry<HookKinds[K]>[] };

/** No hooks. */
export const noHooks: HookLists = { pre: [], post: [], backwardPre: [], backward: [] };

/** The names of all lists. */
export const hookKinds: readonly (keyof HookKinds)[] = ["pre", "post", "backwardPre", "backward"];

/** The lists with an entry more, which is the first or the last of its kind. */
export function withHook<K extends keyof HookKinds>(
  lists: HookLists,
  kind: K,
  entry: HookEntry<HookKinds[K]>,
  isFirst: boolean,
): HookLists {
  return { ...lists, [kind]: isFirst ? [entry, ...lists[kind]] : [...lists[kind], entry] };
}

/** The lists with an entry less: the same where it is in none, {@link noHooks} where it was the last. */
export function withoutHook(lists: HookLists, entry: object): HookLists {
  const kind = hookKinds.find((each) => (lists[each] as readonly object[]).includes(entry));
  if (kind === undefined) return lists;
  const left = { ...lists, [kind]: (lists[kind] as readonly object[]).filter((other) => other !== entry) };
  return hookKinds.every((each) => left[each].length === 0) ? noHooks : left;
}

/** First those of all modules, then those of one. */
export function joined(all: HookLists, own: HookLists): HookLists {
  if (all === noHooks) return own;
  if (own === noHooks) return all;
  return {
    pre: [...all.pre, ...own.pre],
    post: [...all.post, ...own.post],
    backwardPre: [...all.backwardPre, ...own.backwardPre],
    backward: [...all.backward, ...own.backward],
  };
}

/** The inputs that a hook has given in place of others. */
export function expectInputs(given: unknown): readonly unknown[] {
  if (Array.isArray(given)) return given;
  throw new ValueError(
    `registerForwardPreHook: expected the hook to give a list of inputs or undefined, got ${formatValue(given)}.`,
  );
}
