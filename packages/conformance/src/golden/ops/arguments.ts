import { FormatError, Tensor } from "@tapegrad/tensor";
import { type GoldenCase, type Json, number } from "../format.ts";
import { type Adapter, pure } from "../subject.ts";

type Value = Json | Tensor | readonly Value[] | undefined;

/** The arguments of a call of PyTorch under the names of its signature, with tensors in place of their references. */
export class Arguments {
  readonly #values: ReadonlyMap<string, Value>;

  constructor(signature: readonly string[], config: GoldenCase["config"], inputs: Readonly<Record<string, Tensor>>) {
    const { args = [], kwargs = {} } = config as { args?: readonly Json[]; kwargs?: { readonly [key: string]: Json } };
    const named = [...args.map((value, i) => [signature[i] ?? `#${i}`, value] as const), ...Object.entries(kwargs)];
    const unknown = named.find(([name]) => !signature.includes(name));
    if (unknown !== undefined) {
      throw new FormatError(`arguments: expected ${signature.join(", ")}, got ${unknown[0]}.`);
    }
    this.#values = new Map(named.map(([name, value]) => [name, resolve(value, inputs)]));
  }

  /** The value as it stands; undefined if it is absent or null. */
  raw(name: string): Value {
    return this.#values.get(name) ?? undefined;
  }

  tensor(name: string): Tensor {
    const value = this.raw(name);
    if (!(value instanceof Tensor)) throw this.#wrong(name, "a tensor");
    return value;
  }

  maybeTensor(name: string): Tensor | undefined {
    return this.raw(name) === undefined ? undefined : this.tensor(name);
  }

  tensors(name: string): readonly Tensor[] {
    const value = this.raw(name);
    if (!Array.isArray(value) || !value.every((x) => x instanceof Tensor)) throw this.#wrong(name, "a list of tensors");
    return value;
  }

  /** A tensor or a number. */
  operand(name: string): Tensor | number {
    const value = this.raw(name);
    return value instanceof Tensor ? value : this.number(name);
  }

  number(name: string, otherwise?: number): number {
    const value = this.raw(name) ?? otherwise;
    if (value === undefined) throw this.#wrong(name, "a number");
    return number(value, name);
  }

  flag(name: string, otherwise: boolean): boolean {
    const value = this.raw(name) ?? otherwise;
    if (typeof value !== "boolean") throw this.#wrong(name, "true or false");
    return value;
  }

  text(name: string): string {
    const value = this.raw(name);
    if (typeof value !== "string") throw this.#wrong(name, "a string");
    return value;
  }

  numbers(name: string): readonly number[] {
    const value = this.raw(name);
    if (!Array.isArray(value)) throw this.#wrong(name, "a list of numbers");
    return value.map((x) => number(x, name));
  }

  /** One number or several. A list of one stands for the number, as where PyTorch expands it. */
  oneOrMore(name: string): number | readonly number[] | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) return this.number(name);
    return value.length === 1 ? number(value[0], name) : this.numbers(name);
  }

  #wrong(name: string, expected: string): FormatError {
    return new FormatError(`arguments: expected ${expected} as ${name}, got ${String(this.raw(name))}.`);
  }
}

function resolve(value: Json, inputs: Readonly<Record<string, Tensor>>): Value {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => resolve(item, inputs));
  const { tensor } = value as { tensor?: Json };
  const found = typeof tensor === "string" ? inputs[tensor] : undefined;
  if (found === undefined)
    throw new FormatError(`arguments: expected a tensor among the inputs, got ${String(tensor)}.`);
  return found;
}

/** The adapter of an operation of PyTorch with this signature. */
export function operation(
  signature: readonly string[],
  call: (args: Arguments) => Tensor | readonly Tensor[],
): Adapter {
  return pure((inputs, config) => call(new Arguments(signature, config, inputs)));
}

/** The options without those that are undefined, so that absent settings stay absent. */
export function given<T extends object>(options: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

/** Applies `call` with an axis to a tensor that has none; PyTorch takes a 0-d tensor for one of one element there. */
export function asVector(x: Tensor, call: (x: Tensor) => Tensor): Tensor {
  return x.ndim === 0 ? call(x.reshape([1])).reshape([]) : call(x);
}
