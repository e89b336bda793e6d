import type { HookHandle } from "@tapegrad/tensor";
import { addHookTo, noHooks, removeHookFrom } from "@tapegrad/tensor/internal";
import { callWithHooks, type Forward } from "./call-with-hooks.ts";
import type { HookEntry, HookKinds, ModuleHooks } from "./hook-lists.ts";
import { withoutGlobalHooks } from "./running-modules.ts";

/**
 * The hooks of one module. While there are any, its own `forward` property hides the class's method: another one after
 * each change, so that whoever watches the module's fields notices.
 */
class OwnHooks {
  #hooks: ModuleHooks = noHooks;
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

  get(): ModuleHooks {
    return this.#hooks;
  }

  set(hooks: ModuleHooks): void {
    this.#hooks = hooks;
    if (hooks === noHooks) {
      this.#uninstall();
      return;
    }
    const [module, forward] = [this.#module, this.#forward];
    const value: Forward = (...given) => callWithHooks(module, hooks, forward, given);
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
  for (const hook of installed.get(from)?.get() ?? noHooks) addHook(to, hook);
}

/** Lets a hook run with every later call of `module.forward`. */
export function addHook(module: object, hook: HookEntry, isFirst = false): HookHandle {
  let hooks = installed.get(module);
  if (hooks === undefined) installed.set(module, (hooks = new OwnHooks(module)));
  return addHookTo(hooks, hook, isFirst);
}

/** Lets a hook run before every later call of `module.forward`. */
export function addForwardPreHook(module: object, run: HookKinds["pre"]): void {
  addHook(module, { kind: "pre", run, alwaysCall: false });
}

/** Takes a hook away that {@link addForwardPreHook} was given. */
export function removeForwardPreHook(module: object, run: HookKinds["pre"]): void {
  const hooks = installed.get(module);
  for (const hook of hooks?.get() ?? noHooks) {
    if (hooks !== undefined && hook.kind === "pre" && hook.run === run) removeHookFrom(hooks, hook);
  }
}
