import type { PrimitiveName } from "@tapegrad/tensor/internal";
import type { Aligned, Alignment } from "../trace/alignment.ts";

/** What was found in a graph, by the names that patterns give it. */
export type Found = Map<string, Aligned>;
/** Whether a value is made in a certain way. */
export type Pattern = (value: Aligned, found: Found, alignment: Alignment) => boolean;

/** Any value; the same one, where the name is used again. */
export const any =
  (name: string): Pattern =>
  (value, found) => {
    const known = found.get(name);
    found.set(name, value);
    return known === undefined || known === value;
  };

/** What an operation makes of values of some kinds, under a name of its own if it has one. */
export const made =
  (name: PrimitiveName, inputs: readonly Pattern[], as: string = name): Pattern =>
  (value, found, alignment) => {
    const operation = alignment.operation(value);
    if (operation?.name !== name || operation.inputs.length !== inputs.length) return false;
    return any(as)(value, found, alignment) && inputs.every((each, i) => each(operation.inputs[i]!, found, alignment));
  };

/** A value, or the same elements under another shape; that one is found as `${name} shaped`. */
export const shaped =
  (pattern: Pattern, name: string): Pattern =>
  (value, found, alignment) => {
    found.set(`${name} shaped`, value);
    const operation = alignment.operation(value);
    return pattern(operation?.name === "reshape" ? operation.inputs[0]! : value, found, alignment);
  };

export const either =
  (...patterns: readonly Pattern[]): Pattern =>
  (value, found, alignment) =>
    patterns.some((pattern) => {
      const before = new Map(found);
      if (pattern(value, found, alignment)) return true;
      found.clear();
      for (const [name, known] of before) found.set(name, known);
      return false;
    });

/** A pattern with a factor behind it, a summand, both, or none. */
export function scaled(pattern: Pattern, weight: Pattern, bias: Pattern): Pattern {
  const product = either(made("mul", [pattern, weight], "scaled"), pattern);
  return either(made("add", [product, bias], "shifted"), product);
}
