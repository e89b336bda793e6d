import { Tensor, ValueError } from "@tapegrad/tensor";
import {
  Cell,
  copyArray,
  expectNoTrace,
  isLookupTable,
  markLookupTable,
  type Storage,
} from "@tapegrad/tensor/internal";
import { Buffer } from "./buffer.ts";
import { pendingOf, setPending } from "./lazy-size.ts";
import { ModuleNode } from "./module-node.ts";
import { copyHooks, ownForward } from "./own-hooks.ts";
import { Parameter } from "./parameter.ts";
import { copyStateHooks } from "./state-hooks.ts";

/** What the copies of modules need of their class; given by `Module`, which this file cannot import. */
export interface CloneRules {
  /** An object of the class of `module`, with nothing but what `Module` itself keeps. */
  readonly bare: (module: ModuleNode) => ModuleNode;
  /** Where to stop looking for private fields: the framework's own base. */
  readonly base: object;
}

const hint = "Override clone(): construct another one and load this one's stateDict().";

/** See `Module.clone`. */
export function cloneModule<M extends ModuleNode>(module: M, rules: CloneRules): M {
  expectNoTrace("clone", "Clone before the call.");
  return new Cloner(rules).module(module) as M;
}

/** Copies modules and what is in them, each thing once: what is shared in the original is shared in the copy. */
class Cloner {
  readonly #rules: CloneRules;
  readonly #copies = new Map<object, object>();
  readonly #storages = new Map<Storage, Storage>();

  constructor(rules: CloneRules) {
    this.#rules = rules;
  }

  module(module: ModuleNode): ModuleNode {
    const name = module.constructor.name;
    expectNoPrivates(module, this.#rules.base);
    const copy = this.#rules.bare(module);
    this.#copies.set(module, copy);
    const own = { ...Object.getOwnPropertyDescriptors(module), ...ownForward(module) };
    for (const key of Reflect.ownKeys(own)) {
      const descriptor = own[key as keyof typeof own] as PropertyDescriptor | undefined;
      if (descriptor === undefined) continue;
      const path = `${name}.${String(key)}`;
      for (const accessor of ["get", "set"] as const) expectFree(path, Reflect.get(descriptor, accessor));
      if ("value" in descriptor) descriptor.value = this.#value(path, descriptor.value);
      Object.defineProperty(copy, key, descriptor);
    }
    copyHooks(module, copy);
    copyStateHooks(module, copy);
    setPending(copy, pendingOf(module));
    return copy;
  }

  #value(path: string, value: unknown): unknown {
    if (typeof value === "function") expectFree(path, value);
    if (typeof value !== "object" || value === null) return value;
    const known = this.#copies.get(value);
    if (known !== undefined) return known;
    if (value instanceof ModuleNode) return this.#inner(value);
    const copy = this.#object(path, value);
    this.#copies.set(value, copy);
    return copy;
  }

  /** A module inside; one that has a `clone` of its own decides itself. */
  #inner(module: ModuleNode): ModuleNode {
    const clone: unknown = Reflect.get(module, "clone");
    if (clone === Reflect.get(this.#rules.base, "clone") || typeof clone !== "function") return this.module(module);
    const copy = Reflect.apply(clone, module, []) as ModuleNode;
    this.#copies.set(module, copy);
    return copy;
  }

  #object(path: string, value: object): object {
    if (value instanceof Tensor) return this.#tensor(value);
    if (value instanceof Cell) return new Cell(this.#value(path, value.get()), value.label);
    if (Array.isArray(value)) return this.#fill(path, value, []);
    if (value instanceof Map)
      return this.#entries(value, new Map(), (m, [k, v]) => m.set(this.#value(path, k), this.#value(path, v)));
    if (value instanceof Set) return this.#entries(value, new Set(), (s, v) => s.add(this.#value(path, v)));
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null)
      return this.#fill(path, value, Object.create(prototype) as object);
    if (ArrayBuffer.isView(value) || value instanceof Date) return structuredClone(value);
    // Anything else, such as a generator, is shared; but not what belongs to the model.
    const part = Object.values(value).find((inner) => inner instanceof ModuleNode || inner instanceof Parameter);
    if (part === undefined) return value;
    throw new ValueError(
      `clone: expected modules and parameters in modules, arrays, Maps, Sets and plain objects, got ${path} of class ` +
        `${value.constructor.name} with some. ${hint}`,
    );
  }

  #fill(path: string, from: object, to: object): object {
    this.#copies.set(from, to);
    const own: { [key: string]: PropertyDescriptor } = Object.getOwnPropertyDescriptors(from);
    for (const [key, descriptor] of Object.entries(own)) {
      if ("value" in descriptor) descriptor.value = this.#value(`${path}.${key}`, descriptor.value);
      Object.defineProperty(to, key, descriptor);
    }
    return Object.isFrozen(from) ? Object.freeze(to) : to;
  }

  #entries<E, To extends object>(from: Iterable<E> & object, to: To, add: (to: To, element: E) => void): To {
    this.#copies.set(from, to);
    for (const element of from) add(to, element);
    return to;
  }

  /** Elements of its own, or those of another copy if the originals share theirs; without gradient and graph. */
  #tensor(tensor: Tensor): Tensor {
    const { storage, shape, requiresGrad } = tensor;
    let elements = this.#storages.get(storage);
    if (elements === undefined) {
      elements = { dtype: storage.dtype, data: storage.data && copyArray(storage.dtype, storage.data), version: 0 };
      this.#storages.set(storage, elements);
    }
    const plain = new Tensor(elements, shape);
    if (tensor instanceof Parameter) {
      const { regularizer, constraint } = tensor;
      const copy = new Parameter(plain, { requiresGrad, regularizer, constraint });
      if (isLookupTable(tensor)) markLookupTable(copy);
      return copy;
    }
    if (tensor instanceof Buffer) return new Buffer(plain, { persistent: tensor.persistent });
    return plain.requiresGrad_(requiresGrad);
  }
}

/** Throws for a function that belongs to the original: an arrow function that uses `this`, or a bound one. */
function expectFree(path: string, fn: unknown): void {
  if (typeof fn !== "function") return;
  if (!fn.name.startsWith("bound ")) {
    const code = codeOf(fn);
    const isArrow = /^(?:async\s*)?(?:\([^]*?\)|[\w$]+)\s*=>/.test(code);
    if (!isArrow || !/\b(?:this|super)\b/.test(code)) return;
  }
  throw new ValueError(
    `clone: expected functions without a "this" of their own, got ${path}. Make it a method, or override clone().`,
  );
}

/** Throws for a class with private fields, which nobody can copy from outside. */
function expectNoPrivates(module: ModuleNode, base: object): void {
  for (
    let prototype = Object.getPrototypeOf(module) as object;
    prototype !== base;
    prototype = Object.getPrototypeOf(prototype) as object
  ) {
    const type = prototype.constructor;
    if (!hasPrivates(type)) continue;
    throw new ValueError(`clone: expected a class without private fields, got ${type.name}. ${hint}`);
  }
}

const privates = new WeakMap<object, boolean>();

function hasPrivates(type: object): boolean {
  let has = privates.get(type);
  // Names with #, or what compilers make of them for engines without.
  if (has === undefined)
    privates.set(
      type,
      (has = /#[\p{ID_Start}_$]|\b\w*[pP]rivate\w*(?:Get|Set|Add|Init|Method)\w*\s*\(/u.test(codeOf(type))),
    );
  return has;
}

/** The text of a function or class without comments and strings. */
function codeOf(fn: object): string {
  const text = Function.prototype.toString.call(fn);
  return text.replaceAll(
    /\/\*[^]*?\*\/|\/\/.*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|\$(?!\{)|[^`\\$])*`/g,
    '""',
  );
}
