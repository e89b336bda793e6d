/**
 * The four element types; promotion goes bool < int32 < float32 < float64.
 *
 * Arithmetic of int32 is exact modulo 2^32: what leaves [−2^31, 2^31) wraps, in every operation, in casts from floats,
 * eager and compiled alike. A bool is 0 or 1, and becomes int32 where it is added or multiplied.
 */
export type DType = "float32" | "float64" | "int32" | "bool";

/** Dtypes of parameters and of whatever else is differentiated. */
export type FloatDType = Extract<DType, "float32" | "float64">;

/** The array that holds a tensor's elements: one byte per bool, 0 or 1. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

/** What has to be known of an element type. */
export interface DTypeRow {
  /** The array that holds the elements. */
  readonly array: {
    new (length: number): TypedArray;
    new (elements: ArrayLike<number>): TypedArray;
    new (buffer: ArrayBufferLike, byteOffset: number, length: number): TypedArray;
  };
  /** The array in which elements are added: exact modulo 2^32 for integers. */
  readonly totals: {
    new (length: number): Float64Array | Int32Array;
    new (elements: ArrayLike<number>): Float64Array | Int32Array;
  };
  /** Bytes of an element. */
  readonly bytes: 1 | 4 | 8;
  readonly kind: "float" | "int" | "bool";
  /** Of two dtypes the one of higher rank holds the elements of both. */
  readonly rank: number;
}

/** One row for each dtype: the only place that knows their arrays and sizes. */
export const dtypes: { readonly [D in DType]: DTypeRow } = {
  float32: { array: Float32Array, totals: Float64Array, bytes: 4, kind: "float", rank: 2 },
  float64: { array: Float64Array, totals: Float64Array, bytes: 8, kind: "float", rank: 3 },
  int32: { array: Int32Array, totals: Int32Array, bytes: 4, kind: "int", rank: 1 },
  bool: { array: Uint8Array, totals: Int32Array, bytes: 1, kind: "bool", rank: 0 },
};

/** Whether `value` names a dtype. */
export function isDType(value: unknown): value is DType {
  return typeof value === "string" && Object.hasOwn(dtypes, value);
}

/** Whether the dtype is float32 or float64. */
export function isFloat(dtype: DType): boolean {
  return dtypes[dtype].kind === "float";
}

/** The distance from 1 to the next number of a float dtype: 2⁻²³ or 2⁻⁵². */
export function machineEpsilon(dtype: DType): number {
  return dtype === "float64" ? 2 ** -52 : 2 ** -23;
}

/** The dtype that holds both: bool < int32 < float32 < float64. */
export function promote(a: DType, b: DType): DType {
  return dtypes[a].rank >= dtypes[b].rank ? a : b;
}

/**
 * The dtype of a JavaScript number that meets elements of `dtype`: theirs if they can have its value, else the next that
 * can. Floats take every number; int32 takes the whole ones of [−2^31, 2^31), bool takes 0 and 1.
 */
export function numberDType(value: number, dtype: DType): DType {
  if (isFloat(dtype)) return dtype;
  if (dtype === "bool" && (value === 0 || value === 1)) return "bool";
  return isInt32(value) ? "int32" : "float32";
}

/** Whether int32 has this number. */
export function isInt32(value: number): boolean {
  return Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31;
}

const slabBytes = 4096;
const smallBytes = 512;
const tinyBytes = 64;
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

/** Whether arrays of so many bytes are carved out of slabs. */
function isCarved(bytes: number): boolean {
  return bytes > tinyBytes && bytes <= smallBytes;
}

/** Bytes from which on an array fills a page. */
const pageBytes = 4096;
let keepsPages = false;

/**
 * Has the C library of Linux keep the memory of arrays. A page that the system gives is zeroed first and costs a fault,
 * which together take longer than to compute what stands in it: of a step whose results are large, up to three quarters
 * of the time. glibc takes blocks of 128 KiB and more from the system one by one, and gives back smaller ones when 128 KiB
 * are free in a row, as they are after each garbage collection. But once it was given back a block by itself, it takes
 * blocks up to that size, at most 32 MiB, from memory that it keeps, as far as this is not more than twice as much. This
 * one is never written to, and so takes none; the next garbage collection gives it back. Elsewhere it changes nothing.
 */
function keepPages(): void {
  keepsPages = new ArrayBuffer(2 ** 25 - 2 ** 16).byteLength > 0;
}

/**
 * A zero-filled array of `size` elements. Engines take ten times as long to make a small buffer as a view, so
 * small arrays share slabs of 4 KiB; tiny ones live on the engine's own heap anyway. Whoever hands an array to a user
 * hands out what {@link ownArray} makes of it.
 */
export function allocate(dtype: DType, size: number): TypedArray {
  const { array, bytes } = dtypes[dtype];
  const length = size * bytes;
  if (!isCarved(length)) {
    if (length >= pageBytes && !keepsPages) keepPages();
    return new array(size);
  }
  // First the place: it may start a new slab.
  const at = carve(length);
  return new array(slab, at, size);
}

/** A copy of the elements of a tensor: what `slice()` makes, in the memory of arrays that {@link allocate} makes. */
export function copyArray(dtype: DType, data: TypedArray): TypedArray {
  const copy = allocate(dtype, data.length);
  copy.set(data);
  return copy;
}

/** Memories that compiled functions compute in. Their first bytes hold nothing. */
const memories = new WeakSet<ArrayBufferLike>();

/** Says that a buffer is a memory in which the elements of many tensors lie, so that users get copies of them. */
export function markMemory(buffer: ArrayBufferLike): void {
  memories.add(buffer);
}

/**
 * The array itself, or a copy if its buffer holds more than this tensor, being a slab or a memory: a user may transfer the
 * buffer, look at all of it, or hand it to what takes no shared memory.
 */
export function ownArray(array: TypedArray): TypedArray {
  const isInSlab = isCarved(array.byteLength) && array.buffer.byteLength === slabBytes;
  // The offset first: engines make the buffers of tiny arrays when they are asked for.
  return isInSlab || (array.byteOffset > 0 && memories.has(array.buffer)) ? array.slice() : array;
}

/** The dtype of an array that holds the elements of a tensor. */
export function dtypeOf(array: TypedArray): DType {
  for (const dtype in dtypes) if (array instanceof dtypes[dtype as DType].array) return dtype as DType;
  return "bool";
}

/**
 * Copies `from` into `to` with the conversion of a cast: floats truncate toward zero into int32
 * (NaN becomes 0, out of range wraps modulo 2^32), and everything but 0 becomes true in bool.
 */
export function convertInto(from: ArrayLike<number>, to: TypedArray): void {
  if (to instanceof Uint8Array) {
    for (let i = 0; i < to.length; i++) to[i] = from[i] === 0 ? 0 : 1;
  } else {
    to.set(from); // which truncates and wraps where `to` is of int32
  }
}

/** A number as it is stored in an array of `dtype`: what a cast makes of it. */
export function toElement(value: number, dtype: DType): number {
  return dtype === "bool" ? Number(value !== 0) : value;
}

/** Totals as elements of `dtype`, converted unless that is what they are. */
export function fromTotals(dtype: DType, totals: Float64Array | Int32Array): TypedArray {
  if (totals instanceof dtypes[dtype].array) return totals;
  const out = allocate(dtype, totals.length);
  convertInto(totals, out);
  return out;
}
