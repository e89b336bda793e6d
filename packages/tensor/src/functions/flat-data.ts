import { type DType, isInt32, type TypedArray } from "../dtype.ts";
import { ShapeError, ValueError } from "../errors.ts";
import { quoted } from "../options/value-range.ts";
import { formatShape, type Shape, stridesOf } from "../shape.ts";
import { TensorCore } from "../tensor/core.ts";
import { elementsOfJSON, isTensorJSON, type TensorJSON } from "../tensor/tensor-json.ts";

/** Nested data: numbers or booleans. */
export type NestedData = number | boolean | readonly NestedData[];

/** Flat data: a typed array, of whatever element type. */
export type ArrayData = TypedArray | (ArrayBufferView & ArrayLike<number | bigint>);

/** The elements of data in order. */
export interface FlatData {
  readonly values: ArrayLike<number>;
  readonly shape: readonly number[];
  /** The dtype that the data have of themselves. */
  readonly dtype: DType;
}

/** The dtype of each kind of typed array; a Node `Buffer` is a Uint8Array. */
const arrays: { readonly [tag: string]: DType } = {
  Float64Array: "float64",
  Float32Array: "float32",
  Float16Array: "float32",
  Int32Array: "int32",
  Uint32Array: "int32",
  Int16Array: "int32",
  Uint16Array: "int32",
  Int8Array: "int32",
  Uint8Array: "int32",
  Uint8ClampedArray: "int32",
  BigInt64Array: "int32",
  BigUint64Array: "int32",
};

/** Arrays whose elements int32 cannot all hold. */
const wide: readonly string[] = ["Uint32Array", "BigInt64Array", "BigUint64Array"];

/**
 * Data as `tensor` takes them, with their shape and the dtype that they have of themselves.
 *
 * @param given the dtype that they will be converted to; they need none of their own then
 */
export function flatData(data: NestedData | ArrayData | TensorJSON, given: DType | undefined): FlatData {
  return ArrayBuffer.isView(data) ? flatArray(data, given) : flatNested(data, given);
}

function flatArray(data: ArrayData, given: DType | undefined): FlatData {
  const tag = Reflect.get(data, Symbol.toStringTag) as string;
  const dtype = arrays[tag];
  if (dtype === undefined) throw unfit(data);
  const values = tag.startsWith("Big") ? fromBig(data as BigInt64Array, given) : (data as TypedArray);
  if (given === undefined && wide.includes(tag)) checkFits("tensor", values, dtype, [data.length]);
  return { values, shape: [data.length], dtype };
}

/** Modulo 2^32 of every digit for int32, rounded to float64 for others. */
function fromBig(data: BigInt64Array | BigUint64Array, given: DType | undefined): number[] {
  return Array.from(data, (value) => Number(given === "int32" ? BigInt.asIntN(32, value) : value));
}

/**
 * Throws unless an element of `dtype` can be made of every value: int32 drops fractions, but wraps nothing that was written
 * as a number.
 *
 * @param shape that of the values, for the index of the first that does not fit
 */
export function checkFits(fn: string, values: ArrayLike<number>, dtype: DType, shape: Shape): void {
  if (dtype !== "int32") return;
  for (let i = 0; i < values.length; i++) {
    if (isInt32(Math.trunc(values[i]!))) continue;
    const index = stridesOf(shape).map((stride, axis) => Math.floor(i / stride) % shape[axis]!);
    const place = index.length === 0 ? "" : ` at ${formatShape(index)}`;
    throw new ValueError(
      `${fn}: expected int32 elements in [-2147483648, 2147483647], got ${values[i]!}${place}. ` +
        "Give dtype float64 for such numbers.",
    );
  }
}

function flatNested(data: NestedData | TensorJSON, given: DType | undefined): FlatData {
  if (isTensorJSON(data)) {
    const elements = elementsOfJSON("tensor", "data", data);
    if (given !== undefined) checkFits("tensor", elements, given, [elements.length]);
    return { values: elements, shape: data.shape, dtype: data.dtype };
  }
  const values: number[] = [];
  const counts = { number: 0, boolean: 0 };
  const shape = flatten(data, values, counts);
  if (given === undefined && counts.number > 0 && counts.boolean > 0) {
    throw new ValueError("tensor: expected numbers or booleans, got both. Give the dtype to convert them to.");
  }
  if (given !== undefined) checkFits("tensor", values, given, shape);
  return { values, shape, dtype: counts.boolean > 0 ? "bool" : "float32" };
}

/** Appends the leaves of `data` to `values`, counts them by their type, and returns the shape. */
function flatten(data: NestedData, values: number[], counts: { number: number; boolean: number }): number[] {
  if (typeof data === "number" || typeof data === "boolean") {
    values.push(Number(data));
    counts[typeof data as "number" | "boolean"]++;
    return [];
  }
  if (!Array.isArray(data)) throw unfit(data);
  const items: readonly NestedData[] = data;
  let inner: number[] | undefined;
  // By position: a hole in an array is undefined, which is no number.
  for (let i = 0; i < items.length; i++) {
    const shape = flatten(items[i]!, values, counts);
    inner ??= shape;
    if (formatShape(inner) !== formatShape(shape)) {
      throw new ShapeError(
        `tensor: expected equal nested shapes, got ${formatShape(inner)} and ${formatShape(shape)}.`,
      );
    }
  }
  return [items.length, ...(inner ?? [])];
}

/** The error that says what came instead of data. */
function unfit(data: unknown): ValueError {
  const isArray = ArrayBuffer.isView(data) && "length" in data;
  const hint =
    data instanceof TensorCore
      ? " Join tensors with stack(...) or cat(...)."
      : isArray
        ? " Spread it: [...array]."
        : "";
  return new ValueError(`tensor: expected a number, nested arrays or a typed array, got ${quoted(data)}.${hint}`);
}
