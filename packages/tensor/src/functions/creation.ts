import { allocate, convertInto, type DType, dtypeOf, type TypedArray } from "../dtype.ts";
import { type OptionTable, optional, option, settleOptions } from "../options/option-table.ts";
import { ShapeError, ValueError } from "../errors.ts";
import { anyDType, anyNumber, finite, flag, shapeRange, whole } from "../options/ranges.ts";
import { expectValue, quoted } from "../options/value-range.ts";
import { checkShape, formatShape, type Shape, sizeOf } from "../shape.ts";
import { expectTensor } from "../tensor/expect-tensor.ts";
import { apply, fromData, Tensor } from "../tensor/tensor.ts";

/** Options of creation functions. */
export interface CreationOptions {
  /** Element type; float32 unless given. */
  readonly dtype?: DType | undefined;
  /** Whether to differentiate by the result. */
  readonly requiresGrad?: boolean | undefined;
}

/** Nested data: numbers or booleans. */
export type NestedData = number | boolean | readonly NestedData[];

/** {@link CreationOptions} and a shape for flat data. */
export interface TensorOptions extends CreationOptions {
  readonly shape?: Shape | undefined;
}

const requiresGrad = option(flag, false);
const table: OptionTable<CreationOptions> = { dtype: optional(anyDType), requiresGrad };
const tensorTable: OptionTable<TensorOptions> = {
  shape: optional(shapeRange),
  ...table,
};

/**
 * A tensor from a number, nested arrays or a typed array, copied.
 *
 * The dtype is float32 unless given; a Float64Array gives float64, an Int32Array int32, a Uint8Array and booleans bool.
 *
 * @throws {ShapeError} when nested arrays are ragged, or the data does not fill `shape`
 * @example
 * tensor([[1, 2], [3, 4]]).shape // => [2, 2]
 */
export function tensor(data: NestedData | TypedArray, options: TensorOptions = {}): Tensor {
  const { shape: wanted, dtype: given, requiresGrad } = settleOptions("tensor", options, tensorTable);
  const typed = ArrayBuffer.isView(data);
  const flat: number[] = [];
  const found = typed ? [data.length] : flatten(data, flat);
  const values: ArrayLike<number> = typed ? data : flat;
  const shape = wanted ?? found;
  checkShape("tensor", shape);
  if (sizeOf(shape) !== values.length) {
    throw new ShapeError(
      `tensor: expected ${sizeOf(shape)} elements for shape ${formatShape(shape)}, got ${values.length}.`,
    );
  }
  const natural = typed ? dtypeOf(data) : containsBoolean(data) ? "bool" : "float32";
  const dtype = given ?? natural;
  const array = allocate(dtype, values.length);
  convertInto(values, array);
  return fromData(array, [...shape], dtype).requiresGrad_(requiresGrad);
}

function containsBoolean(data: NestedData): boolean {
  let first = data;
  while (Array.isArray(first)) first = first[0] as NestedData;
  return typeof first === "boolean";
}

/** Appends the leaves of `data` to `flat`, and returns its shape. */
function flatten(data: NestedData, flat: number[]): number[] {
  if (typeof data === "number" || typeof data === "boolean") {
    flat.push(Number(data));
    return [];
  }
  if (!Array.isArray(data)) {
    const hint = (data as unknown) instanceof Tensor ? " Join tensors with stack(...) or cat(...)." : "";
    throw new ValueError(`tensor: expected a number, nested arrays or a typed array, got ${quoted(data)}.${hint}`);
  }
  const items: readonly NestedData[] = data;
  let inner: number[] | undefined;
  for (const item of items) {
    const shape = flatten(item, flat);
    inner ??= shape;
    if (formatShape(inner) !== formatShape(shape)) {
      throw new ShapeError(
        `tensor: expected equal nested shapes, got ${formatShape(inner)} and ${formatShape(shape)}.`,
      );
    }
  }
  return [items.length, ...(inner ?? [])];
}

/** A tensor with every element equal to `value`. */
export function full(shape: Shape, value: number, options: CreationOptions = {}): Tensor {
  return filled("full", shape, value, options);
}

/** A tensor of zeros. */
export function zeros(shape: Shape, options: CreationOptions = {}): Tensor {
  return filled("zeros", shape, 0, options);
}

/** A tensor of ones. */
export function ones(shape: Shape, options: CreationOptions = {}): Tensor {
  return filled("ones", shape, 1, options);
}

/** Zeros in the shape and dtype of `like`. */
export function zerosLike(like: Tensor, options: CreationOptions = {}): Tensor {
  return filledLike("zerosLike", like, 0, options);
}

/** Ones in the shape and dtype of `like`. */
export function onesLike(like: Tensor, options: CreationOptions = {}): Tensor {
  return filledLike("onesLike", like, 1, options);
}

/** `value` in the shape and dtype of `like`. */
export function fullLike(like: Tensor, value: number, options: CreationOptions = {}): Tensor {
  return filledLike("fullLike", like, value, options);
}

function filledLike(fn: string, like: Tensor, value: number, options: CreationOptions): Tensor {
  expectTensor(fn, "like", like);
  return filled(fn, like.shape, value, options, like.dtype);
}

/** @param fn name of the function that was called, for the messages */
function filled(fn: string, shape: Shape, value: number, options: CreationOptions, standard: DType = "float32"): Tensor {
  const { dtype = standard, requiresGrad } = settleOptions(fn, options, table);
  checkShape(fn, shape);
  expectValue(fn, "value", value, anyNumber);
  const data = allocate(dtype, sizeOf(shape));
  if (value !== 0) data.fill(dtype === "bool" ? 1 : value);
  return fromData(data, [...shape], dtype).requiresGrad_(requiresGrad);
}

/**
 * `start, start + step, …` below `stop`; `arange(n)` counts 0 … n − 1. int32 when all three are whole numbers,
 * float32 otherwise.
 */
export function arange(start: number, stop?: number, step = 1, options: CreationOptions = {}): Tensor {
  const { dtype, requiresGrad } = settleOptions("arange", options, table);
  const [first, last] = stop === undefined ? [0, start] : [start, stop];
  if (![first, last, step].every(Number.isFinite) || step === 0) {
    throw new ValueError(`arange: expected finite numbers and a step other than 0, got ${[first, last, step].map(quoted).join(", ")}.`);
  }
  const isWhole = [first, last, step].every(Number.isInteger);
  const values = Float64Array.from(
    { length: Math.max(Math.ceil((last - first) / step), 0) },
    (_, i) => first + i * step,
  );
  return tensor(values, { dtype: dtype ?? (isWhole ? "int32" : "float32"), requiresGrad });
}

/** `count` values at equal distances from `start` to `stop`, both included. */
export function linspace(start: number, stop: number, count: number, options: CreationOptions = {}): Tensor {
  const { dtype = "float32", requiresGrad } = settleOptions("linspace", options, table);
  expectValue("linspace", "start", start, finite);
  expectValue("linspace", "stop", stop, finite);
  expectValue("linspace", "count", count, whole(0));
  const at = (i: number): number =>
    i === count - 1 && i > 0 ? stop : start + ((stop - start) * i) / Math.max(count - 1, 1);
  return tensor(
    Float64Array.from({ length: count }, (_, i) => at(i)),
    { dtype, requiresGrad },
  );
}

/** The identity matrix, or its first `columns` columns. */
export function eye(rows: number, columns: number = rows, options: CreationOptions = {}): Tensor {
  const result = filled("eye", [rows, columns], 0, options);
  for (let i = 0; i < Math.min(rows, columns); i++) result.data[i * columns + i] = 1;
  return result;
}

/** Each element's position along `axis`. */
export function iota(shape: Shape, axis: number, dtype: DType = "int32"): Tensor {
  return apply("iota", [], { shape, axis, dtype })[0];
}
