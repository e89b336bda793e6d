import { ValueError } from "../errors.ts";
import { quoted } from "../options/value-range.ts";
import { TensorCore } from "./core.ts";
import type { Tensor } from "./tensor.ts";

/**
 * Throws unless `value` is a tensor.
 *
 * @param fn name of the function that was called, for the message
 * @throws {ValueError} `relu: expected x to be a tensor, got [1, 2]. Make one of it with tensor(...).`
 */
export function expectTensor(fn: string, name: string, value: unknown): asserts value is Tensor {
  if (!(value instanceof TensorCore)) throw notTensor(fn, name, "a tensor", value);
}

/** {@link expectTensor} for an argument that may be left out. */
export function expectOptionalTensor(fn: string, name: string, value: unknown): asserts value is Tensor | undefined {
  if (value !== undefined) expectTensor(fn, name, value);
}

/** Throws unless `value` is a tensor or a number, which may be NaN. */
export function expectOperand(fn: string, name: string, value: unknown): asserts value is Tensor | number {
  if (typeof value !== "number" && !(value instanceof TensorCore)) {
    throw notTensor(fn, name, "a tensor or a number", value);
  }
}

/** Throws unless `value` is an array of tensors; it may be empty. */
export function expectTensors(fn: string, name: string, value: unknown): asserts value is readonly Tensor[] {
  if (!Array.isArray(value)) {
    const hint = value instanceof TensorCore ? " Put it in a list: [x]." : "";
    throw new ValueError(`${fn}: expected ${name} to be a list of tensors, got ${quoted(value)}.${hint}`);
  }
  // Not by forEach, which skips holes.
  for (let i = 0; i < value.length; i++) {
    const each: unknown = value[i];
    if (!(each instanceof TensorCore)) throw notTensor(fn, `${name}[${i}]`, "a tensor", each);
  }
}

/** The tensors of an array or any other iterable, as a list; it may be empty. */
export function tensorsOf(fn: string, name: string, value: unknown): readonly Tensor[] {
  const isList = typeof value === "object" && value !== null && Symbol.iterator in value;
  const list: unknown = isList && !Array.isArray(value) ? [...(value as Iterable<unknown>)] : value;
  expectTensors(fn, name, list);
  return list;
}

/** The error that says that `value` is not `expected`, a tensor, and how to make one of it. */
export function notTensor(fn: string, name: string, expected: string, value: unknown): ValueError {
  return new ValueError(`${fn}: expected ${name} to be ${expected}, got ${quoted(value)}.${hintFor(value)}`);
}

function hintFor(value: unknown): string {
  if (Array.isArray(value) && value.some((each) => each instanceof TensorCore)) return " Join them with stack(...).";
  const isData = Array.isArray(value) || ArrayBuffer.isView(value) || typeof value === "number";
  return isData ? " Make one of it with tensor(...)." : "";
}
