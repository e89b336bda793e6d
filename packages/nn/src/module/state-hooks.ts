import type { HookHandle, Tensor } from "@tapegrad/tensor";
import { addHookTo, Cell, noHooks, removeHookFrom } from "@tapegrad/tensor/internal";
import type { AnyModule } from "./module.ts";
import type { StateDict } from "./state-dict.ts";

/** Runs before the state of a module is read; `prefix` stands before its keys, such as "encoder.0." or nothing. */
export type StateDictPreHook<M extends AnyModule> = (module: M, prefix: string) => void;

/** May change the state that has been read: that of the module and all in it stands behind `prefix`. */
export type StateDictPostHook<M extends AnyModule> = (module: M, dict: StateDict, prefix: string) => void;

/** May change what is loaded, which is a copy of what the user gave: what the module takes stands behind `prefix`. */
export type LoadStateDictPreHook<M extends AnyModule> = (
  module: M,
  dict: Record<string, Tensor>,
  prefix: string,
) => void;

/** Keys that a state has too few or too many; hooks may change the lists. */
export interface IncompatibleKeys {
  /** Keys of the outermost module that the dictionary lacks. */
  readonly missing: string[];
  /** Keys of the dictionary that the outermost module lacks. */
  readonly unexpected: string[];
}

/** Sees a module whose state has been loaded; keys that it takes from the lists are no error. */
export type LoadStateDictPostHook<M extends AnyModule> = (module: M, keys: IncompatibleKeys) => void;

/** What hooks of states are, whatever their module. */
export interface StateHookKinds {
  readonly beforeRead: (module: object, prefix: string) => void;
  readonly afterRead: (module: object, dict: StateDict, prefix: string) => void;
  readonly beforeLoad: (module: object, dict: Record<string, Tensor>, prefix: string) => void;
  readonly afterLoad: (module: object, keys: IncompatibleKeys) => void;
}

/** One registration. */
type StateHook = {
  readonly [Kind in keyof StateHookKinds]: { readonly kind: Kind; readonly run: StateHookKinds[Kind] };
}[keyof StateHookKinds];

// In cells: a trace depends on those that it read.
const installed = new WeakMap<object, Cell<readonly StateHook[]>>();

function cellOf(module: object): Cell<readonly StateHook[]> {
  let cell = installed.get(module);
  if (cell === undefined) installed.set(module, (cell = new Cell(noHooks, "the hooks of a state")));
  return cell;
}

/** Lets a hook run with every later state of a module. */
export function addStateHook<K extends keyof StateHookKinds>(
  module: object,
  kind: K,
  run: StateHookKinds[K],
): HookHandle {
  return addHookTo(cellOf(module), { kind, run } as StateHook);
}

/** Takes a hook away that {@link addStateHook} was given. */
export function removeStateHook(module: object, run: StateHookKinds[keyof StateHookKinds]): void {
  for (const hook of cellOf(module).get()) if (hook.run === run) removeHookFrom(cellOf(module), hook);
}

/** The hooks of one kind that a module has. */
export function stateHooksOf<K extends keyof StateHookKinds>(module: object, kind: K): readonly StateHookKinds[K][] {
  const hooks = cellOf(module).get();
  return hooks.flatMap((hook) => (hook.kind === kind ? [hook.run as StateHookKinds[K]] : []));
}

/** Gives `to` the hooks of `from`, without handles to remove them by. */
export function copyStateHooks(from: object, to: object): void {
  const hooks = installed.get(from)?.get() ?? noHooks;
  if (hooks.length > 0) installed.set(to, new Cell(hooks, "the hooks of a state"));
}
