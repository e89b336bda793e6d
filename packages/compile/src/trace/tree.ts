import { CompileError, Tensor } from "@tapegrad/tensor";

/** Arguments or results: tensors, alone or in arrays and plain objects, beside other plain values. */
export interface Tree {
  readonly tensors: readonly Tensor[];
  /** Everything but the tensors, as text: equal text, equal structure. */
  readonly structure: string;
  /** The same structure around other tensors. */
  readonly rebuild: (tensors: readonly Tensor[]) => unknown;
}

/**
 * Takes a structure apart.
 *
 * @throws {CompileError} for anything but tensors, arrays, plain objects, numbers, strings, booleans, null and undefined
 */
export function treeOf(what: string, root: unknown): Tree {
  const positions = new Map<Tensor, number>();
  const open = new Set<object>();
  const visit = (value: unknown): { text: string; build: (tensors: readonly Tensor[]) => unknown } => {
    if (value instanceof Tensor) {
      // A tensor that occurs twice is one.
      const index = positions.get(value) ?? positions.size;
      positions.set(value, index);
      return { text: `T${index}`, build: (others) => others[index] };
    }
    if (Array.isArray(value)) {
      const parts = within(value, () => value.map(visit));
      return {
        text: `[${parts.map(({ text }) => text).join()}]`,
        build: (others) => parts.map(({ build }) => build(others)),
      };
    }
    if (value === null || value === undefined || ["number", "boolean", "string"].includes(typeof value)) {
      const text = typeof value === "string" ? JSON.stringify(value) : Object.is(value, -0) ? "-0" : String(value);
      return { text, build: () => value };
    }
    if (typeof value === "object" && isPlain(value)) {
      const entries = within(value, () => Object.entries(value).map(([key, inner]) => [key, visit(inner)] as const));
      return {
        text: `{${entries.map(([key, { text }]) => `${JSON.stringify(key)}:${text}`).join()}}`,
        build: (others) => Object.fromEntries(entries.map(([key, { build }]) => [key, build(others)])),
      };
    }
    throw new CompileError(
      `compile: expected ${what} to be tensors, numbers, strings, booleans, or arrays and plain objects of them, got ${describe(value)}.` +
        (value instanceof Promise ? " Compile a function that is not async." : ""),
    );
  };
  const within = <T>(value: object, fn: () => T): T => {
    if (open.has(value)) {
      throw new CompileError(`compile: expected ${what} without cycles, got an object that contains itself.`);
    }
    open.add(value);
    const result = fn();
    open.delete(value);
    return result;
  };
  const { text, build } = visit(root);
  return { tensors: [...positions.keys()], structure: text, rebuild: build };
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function describe(value: unknown): string {
  if (typeof value !== "object" || value === null) return `a ${typeof value}`;
  const { name } = (value.constructor ?? Object) as { readonly name: string };
  return `an instance of ${name}`;
}
