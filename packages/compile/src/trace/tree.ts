import { Tensor, ValueError } from "@tapegrad/tensor";

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
 * @throws {ValueError} for anything but tensors, arrays, plain objects, numbers, strings, booleans, null and undefined
 */
export function treeOf(what: string, root: unknown): Tree {
  const tensors: Tensor[] = [];
  const visit = (value: unknown): { text: string; build: (tensors: readonly Tensor[]) => unknown } => {
    if (value instanceof Tensor) {
      const index = tensors.push(value) - 1;
      return { text: "T", build: (others) => others[index] };
    }
    if (Array.isArray(value)) {
      const parts = value.map(visit);
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
      const entries = Object.entries(value).map(([key, inner]) => [key, visit(inner)] as const);
      return {
        text: `{${entries.map(([key, { text }]) => `${JSON.stringify(key)}:${text}`).join()}}`,
        build: (others) => Object.fromEntries(entries.map(([key, { build }]) => [key, build(others)])),
      };
    }
    const name = typeof value === "object" ? (value.constructor as { name?: string }).name : typeof value;
    throw new ValueError(
      `compile: expected ${what} to be tensors, numbers, strings, booleans, or arrays and plain objects of them, got ${name}.`,
    );
  };
  const { text, build } = visit(root);
  return { tensors, structure: text, rebuild: build };
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
