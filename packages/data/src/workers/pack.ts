import { isTypedArray } from "../is-typed-array.ts";
import type { Packed, PackedArray } from "./message.ts";

/** A typed array. */
interface Elements {
  readonly [Symbol.toStringTag]: string;
  readonly length: number;
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** What a tensor shows of itself. The worker has no class to compare with: data sets bring their own, or none. */
interface TensorLike {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Elements;
}

/** Longest element of a typed array, in bytes. */
const alignment = 8;

/**
 * Values made ready to travel: elements are copied into one buffer that can be handed over, so that a data set keeps its
 * own.
 */
export class Packer {
  readonly #arrays: { readonly elements: Elements; readonly at: number }[] = [];
  #length = 0;

  /** @throws {TypeError} for what is no data: functions, instances of classes */
  pack(value: unknown): Packed {
    if (isTypedArray(value)) return this.#add(value);
    if (isTensor(value)) return { ...this.#add(value.data), dtype: value.dtype, shape: [...value.shape] };
    if (Array.isArray(value)) return { list: value.map((each) => this.pack(each)) };
    if (isRecord(value)) {
      return { record: Object.entries(value).map(([key, each]): [string, Packed] => [key, this.pack(each)]) };
    }
    if (value === undefined || value === null || /^(string|number|boolean)$/.test(typeof value)) return value as Packed;
    const got = typeof value === "object" ? `a ${value.constructor?.name}` : `a ${typeof value}`;
    throw new TypeError(
      `expected samples of tensors, typed arrays, numbers, booleans, strings, and lists and records of them, got ${got}.`,
    );
  }

  /** The elements of all that was packed. */
  bytes(): ArrayBuffer {
    const bytes = new Uint8Array(this.#length);
    for (const { elements, at } of this.#arrays) {
      bytes.set(new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength), at);
    }
    return bytes.buffer;
  }

  #add(elements: Elements): PackedArray {
    const at = this.#length;
    this.#arrays.push({ elements, at });
    this.#length = Math.ceil((at + elements.byteLength) / alignment) * alignment;
    // Not the name of its constructor: a class that extends a typed array, as Buffer does, need not be there where this arrives.
    return { array: elements[Symbol.toStringTag], at, length: elements.length };
  }
}

function isTensor(value: unknown): value is TensorLike {
  const { dtype, shape, data } = (value ?? {}) as Partial<TensorLike>;
  return typeof dtype === "string" && Array.isArray(shape) && isTypedArray(data);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
