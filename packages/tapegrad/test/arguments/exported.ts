import * as tapegrad from "../../src/index.ts";

export type Callable = (...args: readonly unknown[]) => unknown;

/** What stands in the exports under a dotted name, if it can be called. */
export function exported(path: string): unknown {
  return path.split(".").reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], tapegrad);
}

export function isClass(
  value: unknown,
): value is (new (...args: readonly unknown[]) => object) & { readonly prototype: object } {
  return typeof value === "function" && Function.prototype.toString.call(value).startsWith("class");
}

/** The call that a row is about: a function, a constructor, a static method, or a method whose object comes first. */
export function callOf(name: string): Callable {
  const parts = name.split(".");
  const method = parts.at(-1)!;
  const owner: unknown = parts.length > 1 ? exported(parts.slice(0, -1).join(".")) : undefined;
  if (isClass(owner)) {
    return method in owner.prototype
      ? (self, ...args) => (self as Record<string, Callable>)[method]!(...args)
      : (...args) => (owner as unknown as Record<string, Callable>)[method]!(...args);
  }
  const value = exported(name);
  return isClass(value) ? (...args) => new value(...args) : (value as Callable);
}
