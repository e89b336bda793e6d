import { noHooks, setErrorPlace } from "@tapegrad/tensor/internal";
import { callWithHooks, type Forward } from "./call-with-hooks.ts";
import { globalHooks } from "./global-hooks.ts";
import { ModuleNode } from "./module-node.ts";
import { runForward, runningPlace, wantsGlobalHooks } from "./running-modules.ts";
import { watchFields } from "./watch-fields.ts";

const observed = new WeakSet<object>();

/**
 * Lets traces notice the modules that take part: each method of `type`, down to those of `base`, looks at the fields of
 * its module first. Errors of `forward` learn the path of the module. Done once for each class, when its first instance is
 * made.
 */
export function observeMethods(type: { readonly prototype: object }, base: object): void {
  setErrorPlace(runningPlace);
  for (let prototype = type.prototype; prototype !== base; prototype = Object.getPrototypeOf(prototype) as object) {
    if (observed.has(prototype)) return;
    observed.add(prototype);
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      const method: unknown = descriptor.value;
      if (name === "constructor" || typeof method !== "function" || descriptor.configurable !== true) continue;
      const value = watching(method as Method, name === "forward");
      Object.defineProperty(prototype, name, { ...descriptor, value });
    }
  }
}

type Method = (this: object, ...inputs: readonly unknown[]) => unknown;

function watching(method: Method, isForward: boolean): Method {
  const watched: Method = isForward
    ? function (...inputs) {
        watchFields(this);
        if (!(this instanceof ModuleNode)) return Reflect.apply(method, this, inputs);
        // A trace depends on there being none, too.
        if (globalHooks.get() !== noHooks && wantsGlobalHooks(this)) {
          const forward: Forward = (...given) => runForward(this, () => Reflect.apply(method, this, given));
          return callWithHooks(this, noHooks, forward, inputs);
        }
        return runForward(this, () => Reflect.apply(method, this, inputs));
      }
    : function (...inputs) {
        watchFields(this);
        return Reflect.apply(method, this, inputs);
      };
  return Object.defineProperties(watched, {
    name: { value: method.name, configurable: true },
    length: { value: method.length, configurable: true },
  });
}
