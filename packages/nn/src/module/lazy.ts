import { ValueError } from "@tapegrad/tensor";
import { expectNoTrace, expectTensor, normalizeAxis, quoted } from "@tapegrad/tensor/internal";
import type { HookKinds } from "./hook-lists.ts";
import { type LazySize, type Pending, pendingOf, setPending } from "./lazy-size.ts";
import { type AnyModule, Module } from "./module.ts";
import { addHook, removeForwardPreHook } from "./own-hooks.ts";

/** A class of layers that take a size first, which their first input tells. */
export interface LazyClass<M extends AnyModule, Others extends readonly unknown[]> {
  new (size: number, ...others: Others): M;
  /** How the size is found. */
  readonly lazySize: LazySize;
}

/** Fields that nobody may take for missing before they are known. */
const unknownYet = ["weight", "bias", "options"];

/**
 * A layer whose first argument, the size of its input, is that of its first input: `lazy(Dense, 10)` is `new Dense(n, 10)` once it
 * has been called with `[..., n]`. Dense layers, convolutions, recurrent layers and the norms of channels can be lazy; those of other classes
 * have no `lazySize`.
 *
 * It is of its class from the start, and has no parameters before the first call, or before a state is loaded that tells the size: asking
 * for them, as for an optimizer, is an error. `train`, `eval`, hooks and `clone` work before. The first call is not a compiled one. Arguments
 * are checked and parameters drawn when the size is known.
 *
 * @param type the class
 * @param others the arguments of its constructor after the size
 * @throws {ValueError} for a class that cannot be lazy
 * @example
 * const net = new Sequential(lazy(Conv2d, 8, 3), lazy(BatchNorm), new Flatten(), lazy(Dense, 10));
 * net.parameters(); // => ValueError: Conv2d: expected parameters of known sizes, got lazy ones at 0. Call the module once before, or load a state.
 * net.forward(ones([2, 3, 5, 5])).shape; // => [2, 10]
 * net.namedParameters().map(([name, { shape }]) => [name, shape[1]])[0]; // => ["0.weight", 3]
 */
export function lazy<M extends AnyModule, Others extends readonly unknown[]>(
  type: LazyClass<M, Others>,
  ...others: Others
): M {
  const given: unknown = type;
  if (typeof given !== "function" || !(given.prototype instanceof Module) || !("lazySize" in given)) {
    throw new ValueError(`lazy: expected a class of layers that can be lazy, got ${quoted(given)}.`);
  }
  const module = Reflect.construct(Module, [], type) as M;
  const name = (type as { readonly name: string }).name;
  wait(module, {
    name,
    size: type.lazySize,
    others,
    become: (target, size) => become(target, new type(size, ...others)),
  });
  return module;
}

/** Lets a module become what it is with its next call. */
function wait(module: object, becomes: Pending): void {
  setPending(module, becomes);
  for (const field of unknownYet) {
    const get = (): never => {
      throw new ValueError(
        `${becomes.name}: expected a layer whose sizes are known, got ${field} of a lazy one. Call it once before, or load a state.`,
      );
    };
    Object.defineProperty(module, field, { get, set: get, configurable: true, enumerable: false });
  }
  addHook(module, { kind: "pre", run: beforeFirstCall, alwaysCall: false }, true);
}

const beforeFirstCall: HookKinds["pre"] = (module, [x]) => {
  const becomes = pendingOf(module);
  if (becomes === undefined) return undefined;
  const { name, others, size } = becomes;
  expectNoTrace(name, "Call the lazy layer once before.");
  expectTensor(`${name}.forward`, "x", x);
  const axis = typeof size.inputAxis === "number" ? size.inputAxis : size.inputAxis(others);
  becomes.become(module, x.shape[normalizeAxis(name, axis, x.ndim)]!);
  return undefined;
};

/** Makes a module that waits what another is, but for its mode and its hooks; gives what takes that back. */
function become(module: object, made: AnyModule): () => void {
  const becomes = pendingOf(module)!;
  const before = Reflect.ownKeys(module);
  for (const field of unknownYet) Reflect.deleteProperty(module, field);
  Object.defineProperties(module, Object.getOwnPropertyDescriptors(made));
  setPending(module, undefined);
  removeForwardPreHook(module, beforeFirstCall);
  const { training } = module as AnyModule;
  (module as AnyModule).train(training);
  return () => {
    for (const field of Reflect.ownKeys(made)) if (!before.includes(field)) Reflect.deleteProperty(module, field);
    wait(module, becomes);
  };
}
