import { type Tensor, ValueError } from "@tapegrad/tensor";
import type { HookKinds } from "./hook-lists.ts";
import { addForwardPreHook, removeForwardPreHook } from "./own-hooks.ts";
import { addStateHook, removeStateHook, type StateHookKinds } from "./state-hooks.ts";
import { watchFields } from "./watch-fields.ts";

/** What a tensor of a module comes from, by names: what copies of the module have in common. */
export interface Computation {
  /** What computes it, such as "weightNorm". */
  readonly by: string;
  /** Fields that are there for it alone. */
  readonly fields: readonly string[];
  /** The field with the parameter that it was, if that is one of them. */
  readonly origin?: string | undefined;
  /** Runs before every `forward`. */
  readonly beforeForward?: HookKinds["pre"] | undefined;
  /** Runs before every load of a state. */
  readonly beforeLoad?: StateHookKinds["beforeLoad"] | undefined;
}

/** By the accessors of tensors, which a copy of a module has too. */
const computations = new WeakMap<object, Computation>();

/** In place of a field of a module puts a tensor that `compute` gives whenever it is read; `replace` is what writing it does. */
export function computeTensor(
  module: object,
  name: string,
  computation: Computation,
  compute: (module: object) => Tensor,
  replace: (module: object, value: unknown) => void,
): void {
  // Functions with a `this`: in a copy of the module they are about the copy.
  const get = function (this: object): Tensor {
    watchFields(this);
    return compute(this);
  };
  const set = function (this: object, value: unknown): void {
    replace(this, value);
  };
  computations.set(get, computation);
  // Not enumerable: the walk for parameters and buffers, which are those it is computed from, passes it by.
  Object.defineProperty(module, name, { get, set, configurable: true, enumerable: false });
  if (computation.beforeForward !== undefined) addForwardPreHook(module, computation.beforeForward);
  if (computation.beforeLoad !== undefined) addStateHook(module, "beforeLoad", computation.beforeLoad);
}

/** How a tensor of a module is computed; undefined where it is not. */
export function computationOf(module: object, name: string): Computation | undefined {
  const get: unknown = Reflect.get(Object.getOwnPropertyDescriptor(module, name) ?? {}, "get");
  return typeof get === "function" ? computations.get(get) : undefined;
}

/** Makes a tensor that is computed a field again, the last one, and takes away what was there for it alone. */
export function fixTensor(module: object, name: string, value: Tensor): void {
  const computation = computationOf(module, name);
  if (computation === undefined) throw new ValueError(`fixTensor: expected a tensor that is computed, got ${name}.`);
  for (const field of [name, ...computation.fields]) Reflect.deleteProperty(module, field);
  if (computation.beforeForward !== undefined) removeForwardPreHook(module, computation.beforeForward);
  if (computation.beforeLoad !== undefined) removeStateHook(module, computation.beforeLoad);
  Reflect.set(module, name, value);
}
