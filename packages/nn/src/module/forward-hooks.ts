import type { HookHandle } from "@tapegrad/tensor/internal";
import type { AnyModule } from "./module.ts";

export type { HookHandle };

/** Sees the inputs before `forward`; what it returns replaces them. */
export type ForwardPreHook<M extends AnyModule> = (
  module: M,
  inputs: Parameters<M["forward"]>,
) => readonly [...Parameters<M["forward"]>] | undefined | void;

/** Sees inputs and output after `forward`; what it returns replaces the output. */
export type ForwardHook<M extends AnyModule> = (
  module: M,
  inputs: Parameters<M["forward"]>,
  output: ReturnType<M["forward"]>,
) => ReturnType<M["forward"]> | undefined | void;

/** A hook of whatever module. */
export type Pre = (module: object, inputs: readonly unknown[]) => readonly unknown[] | undefined;
type Post = (module: object, inputs: readonly unknown[], output: unknown) => unknown;
type Forward = (...inputs: readonly unknown[]) => unknown;

/**
 * The hooks of one module. While there are any, its own `forward` property hides the class's method: another one after
 * each change, so that whoever watches the module's fields notices.
 */
class ForwardHooks {
  readonly pre: Set<{ readonly run: Pre }> = new Set();
  readonly post: Set<{ readonly run: Post }> = new Set();
  readonly #module: object;
  /** An own `forward` that the module had before, such as an arrow function in a field. */
  readonly own: PropertyDescriptor | undefined;
  readonly #forward: Forward;

  constructor(module: object) {
    this.#module = module;
    this.own = Object.getOwnPropertyDescriptor(module, "forward");
    this.#forward = Reflect.get(module, "forward") as Forward;
  }

  add<H>(hooks: Set<{ readonly run: H }>, run: H): HookHandle {
    const entry = { run };
    hooks.add(entry);
    this.#install();
    return { remove: () => this.#remove(hooks, entry) };
  }

  removePre(hook: Pre): void {
    for (const entry of this.pre) if (entry.run === hook) this.#remove(this.pre, entry);
  }

  #remove<H>(hooks: Set<{ readonly run: H }>, entry: { readonly run: H }): void {
    if (!hooks.delete(entry)) return;
    if (this.pre.size + this.post.size === 0) this.#uninstall();
    else this.#install();
  }

  #install(): void {
    const module = this.#module;
    const forward = this.#forward;
    const [before, after] = [[...this.pre], [...this.post]];
    const value: Forward = (...given) => {
      let inputs = given;
      for (const { run } of before) inputs = run(module, inputs) ?? inputs;
      let output: unknown = Reflect.apply(forward, module, inputs);
      for (const { run } of after) output = run(module, inputs, output) ?? output;
      return output;
    };
    Object.defineProperty(module, "forward", { value, configurable: true, writable: true, enumerable: true });
  }

  #uninstall(): void {
    if (this.own === undefined) Reflect.deleteProperty(this.#module, "forward");
    else Object.defineProperty(this.#module, "forward", this.own);
    installed.delete(this.#module);
  }
}

const installed = new WeakMap<object, ForwardHooks>();

function hooksOf(module: object): ForwardHooks {
  let hooks = installed.get(module);
  if (hooks === undefined) installed.set(module, (hooks = new ForwardHooks(module)));
  return hooks;
}

/** The property `forward` of a module with hooks as it is without them; nothing for one that has none. */
export function ownForward(module: object): { readonly forward?: PropertyDescriptor | undefined } {
  const hooks = installed.get(module);
  return hooks === undefined ? {} : { forward: hooks.own };
}

/** Gives `to` the hooks of `from`, without handles to remove them by. */
export function copyHooks(from: object, to: object): void {
  const hooks = installed.get(from);
  for (const { run } of hooks?.pre ?? []) addForwardPreHook(to, run);
  for (const { run } of hooks?.post ?? []) addForwardHook(to, run);
}

/** Runs `hook` before every later call of `module.forward`. */
export function addForwardPreHook(module: object, hook: Pre): HookHandle {
  const hooks = hooksOf(module);
  return hooks.add(hooks.pre, hook);
}

/** Takes a hook away that {@link addForwardPreHook} was given. */
export function removeForwardPreHook(module: object, hook: Pre): void {
  installed.get(module)?.removePre(hook);
}

/** Runs `hook` after every later call of `module.forward`. */
export function addForwardHook(module: object, hook: Post): HookHandle {
  const hooks = hooksOf(module);
  return hooks.add(hooks.post, hook);
}
