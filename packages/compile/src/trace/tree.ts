import { CompileError, Tensor } from "@tapegrad/tensor";

/** Arguments or results: tensors, alone or in arrays and plain objects, beside other plain values. */
export interface Tree {
  readonly tensors: readonly Tensor[];
  /** Everything but the tensors, as text: equal text, equal structure. */
  readonly structure: string;
  /** The same structure around other tensors; it walks what was taken apart once more. */
  readonly rebuild: (tensors: readonly Tensor[]) => unknown;
}

/**
 * Takes a structure apart. It is done at every call of a compiled function.
 *
 * @throws {CompileError} for anything but tensors, arrays, plain objects, numbers, strings, booleans, null and undefined
 */
export function treeOf(what: string, root: unknown): Tree {
  if (root instanceof Tensor) return { tensors: [root], structure: "T0", rebuild: ([tensor]) => tensor };
  const reader = new TreeReader(what);
  const structure = reader.textOf(root);
  const { positions } = reader;
  return {
    tensors: [...positions.keys()],
    structure,
    rebuild: (tensors) => rebuilt(root, (tensor) => tensors[positions.get(tensor)!]),
  };
}

/** Finds tensors, and says what is around them. */
class TreeReader {
  /** A tensor that occurs twice is one. */
  readonly positions = new Map<Tensor, number>();
  readonly #what: string;
  /** What is being read, from the root to the value at hand. */
  readonly #open: object[] = [];

  constructor(what: string) {
    this.#what = what;
  }

  textOf(value: unknown): string {
    switch (typeof value) {
      case "string":
        return JSON.stringify(value);
      case "number":
        return Object.is(value, -0) ? "-0" : String(value);
      case "boolean":
      case "undefined":
        return String(value);
      case "object":
        return value === null ? "null" : this.#textOfObject(value);
      default:
        throw this.#unexpected(value);
    }
  }

  #textOfObject(value: object): string {
    if (value instanceof Tensor) {
      const index = this.positions.get(value) ?? this.positions.size;
      this.positions.set(value, index);
      return `T${index}`;
    }
    if (this.#open.includes(value)) {
      throw new CompileError(`compile: expected ${this.#what} without cycles, got an object that contains itself.`);
    }
    this.#open.push(value);
    let text = "";
    if (Array.isArray(value)) {
      for (const element of value) text += `${this.textOf(element)},`;
      text = `[${text}]`;
    } else if (isPlain(value)) {
      for (const [key, inner] of Object.entries(value)) text += `${JSON.stringify(key)}:${this.textOf(inner)},`;
      text = `{${text}}`;
    } else throw this.#unexpected(value);
    this.#open.pop();
    return text;
  }

  #unexpected(value: unknown): CompileError {
    return new CompileError(
      `compile: expected ${this.#what} to be tensors, numbers, strings, booleans, or arrays and plain objects of them, got ${describe(value)}.` +
        (value instanceof Promise ? " Compile a function that is not async." : ""),
    );
  }
}

function rebuilt(value: unknown, other: (tensor: Tensor) => Tensor | undefined): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Tensor) return other(value);
  if (Array.isArray(value)) return value.map((element) => rebuilt(element, other));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, rebuilt(inner, other)]));
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
