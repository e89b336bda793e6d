import type { HookHandle } from "@tapegrad/tensor";
import { callWithHooks, type Forward } from "./call-with-hooks.ts";
import {
  type ForwardHookOptions,
  type HookEntry,
  hookKinds,
  type HookKinds,
  type HookLists,
  noHooks,
  withHook,
  withoutHook,
} from "./hook-lists.ts";
import { withoutGlobalHooks } from "./running-modules.ts";

/**
 * The hooks of one module. While there are any, its own `forward` property hides the class's method: another one after
 * each change, so that whoever watches the module's fields notices.
 */
class OwnHooks {
  lists: HookLists = noHooks;
  readonly #module: object;
  /** An own `forward` that the module had before, such as an arrow function in a field. */
  readonly own: PropertyDescriptor | undefined;
  readonly #forward: Forward;

  constructor(module: object) {
    this.#module = module;
    this.own = Object.getOwnPropertyDescriptor(module, "forward");
    const forward = Reflect.get(module, "forward") as Forward;
    // Those of all modules run around the hooks of this one already.
    this.#forward = (...inputs) => withoutGlobalHooks(module, () => Reflect.apply(forward, module, inputs));
  }

  add<K extends keyof HookKinds>(kind: K, entry: HookEntry<HookKinds[K]>, isFirst: boolean): HookHandle {
    this.#set(withHook(this.lists, kind, entry, isFirst));
    return { remove: () => this.remove(entry) };
  }

  remove(entry: object): void {
    const left = withoutHook(this.lists, entry);
    if (left !== this.lists) this.#set(left);
  }

  #set(lists: HookLists): void {
    this.lists = lists;
    if (lists === noHooks) {
      this.#uninstall();
      return;
    }
    const [module, forward] = [this.#module, this.#forward];
    const value: Forward = (...given) => callWithHooks(module, lists, forward, given);
    Object.defineProperty(module, "forward", { value, configurable: true, writable: true, enumerable: true });
  }

  #uninstall(): void {
    if (this.own === undefined) Reflect.deleteProperty(this.#module, "forward");
    else Object.defineProperty(this.#module, "forward", this.own);
    installed.delete(this.#module);
  }
}

const installed = new WeakMap<object, OwnHooks>();

/** The property `forward` of a module with hooks as it is without them; nothing for one that has none. */
export function ownForward(module: object): { readonly forward?: PropertyDescriptor | undefined } {
  const hooks = installed.get(module);
  return hooks === undefined ? {} : { forward: hooks.own };
}

/** Gives `to` the hooks of `from`, without handles to remove them by. */
export function copyHooks(from: object, to: object): void {
  const lists = installed.get(from)?.lists ?? noHooks;
  for (const kind of hookKinds) for (const { run, alwaysCall } of lists[kind]) addHook(to, kind, run, { alwaysCall });
}

/** Lets `hook` run with every later call of `module.forward`. */
export function addHook<K extends keyof HookKinds>(
  module: object,
  kind: K,
  run: HookKinds[K],
  { prepend = false, alwaysCall = false }: ForwardHookOptions = {},
): HookHandle {
  let hooks = installed.get(module);
  if (hooks === undefined) installed.set(module, (hooks = new OwnHooks(module)));
  return hooks.add(kind, { run, alwaysCall }, prepend);
}

/** Takes hooks before `forward` away that {@link addHook} was given. */
export function removeForwardPreHook(module: object, hook: HookKinds["pre"]): void {
  const hooks = installed.get(module);
  for (const entry of hooks?.lists.pre ?? []) if (entry.run === hook) hooks?.remove(entry);
}
