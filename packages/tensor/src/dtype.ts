import { DTypeError } from "./errors.ts";

/** The four element types, in promotion order from right to left: bool < int32 < float32 < float64. */
export type DType = "float32" | "float64" | "int32" | "bool";

/** The array that holds a tensor's elements: one byte per bool, 0 or 1. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

const rank: { readonly [D in DType]: number } = { bool: 0, int32: 1, float32: 2, float64: 3 };

/** Whether `value` names a dtype. */
export function isDType(value: unknown): value is DType {
  return typeof value === "string" && Object.hasOwn(rank, value);
}

/** Throws unless `value` names a dtype. */
export function checkDType(fn: string, value: unknown): asserts value is DType {
  if (!isDType(value)) {
    throw new DTypeError(`${fn}: expected dtype float32, float64, int32 or bool, got ${String(value)}.`);
  }
}

/** Whether the dtype is float32 or float64. */
export function isFloat(dtype: DType): boolean {
  return rank[dtype] >= 2;
}

/** The dtype that holds both: bool < int32 < float32 < float64. */
export function promote(a: DType, b: DType): DType {
  return rank[a] >= rank[b] ? a : b;
}

/** The dtype in which a float function of `dtype` is computed: itself if float, float32 otherwise. */
export function toFloat(dtype: DType): DType {
  return isFloat(dtype) ? dtype : "float32";
}

const slabBytes = 4096;
const smallBytes = 512;
let slab = new ArrayBuffer(slabBytes);
let slabUsed = 0;

/** Room for `bytes` in the current slab, 8-byte aligned; a new slab when it is full. */
function carve(bytes: number): number {
  if (slabUsed + bytes > slabBytes) {
    slab = new ArrayBuffer(slabBytes);
    slabUsed = 0;
  }
  const at = slabUsed;
  slabUsed += (bytes + 7) & ~7;
  return at;
}

/**
 * A zero-filled array of `size` elements. Engines take ten times as long to make a small buffer as a view, so
 * small arrays share slabs of 4 KiB; tiny ones (up to 64 bytes) live on the engine's own heap anyway.
 */
export function allocate(dtype: DType, size: number): TypedArray {
  switch (dtype) {
    case "float32":
      if (size > 16 && size <= smallBytes / 4) {
        const at = carve(size * 4);
        return new Float32Array(slab, at, size);
      }
      return new Float32Array(size);
    case "float64":
      return new Float64Array(size);
    case "int32":
      return new Int32Array(size);
    case "bool":
      return new Uint8Array(size);
  }
}

/** The dtype that belongs to an array; Uint8Array is bool. */
export function dtypeOf(array: TypedArray): DType {
  if (array instanceof Float32Array) return "float32";
  if (array instanceof Float64Array) return "float64";
  return array instanceof Int32Array ? "int32" : "bool";
}

/**
 * Copies `from` into `to` with the conversion of a cast: floats truncate toward zero into int32
 * (NaN becomes 0, out of range wraps modulo 2^32), and everything but 0 becomes true in bool.
 */
export function convertInto(from: ArrayLike<number>, to: TypedArray): void {
  if (to instanceof Uint8Array) {
    for (let i = 0; i < to.length; i++) to[i] = from[i] === 0 ? 0 : 1;
  } else if (to instanceof Int32Array) {
    for (let i = 0; i < to.length; i++) to[i] = from[i]! | 0;
  } else {
    for (let i = 0; i < to.length; i++) to[i] = from[i]!;
  }
}
