import { allocate, convertInto, type DType, numberDType, toElement } from "../dtype.ts";
import { type OptionTable, optional, option, settleOptions } from "../options/option-table.ts";
import { ShapeError, ValueError } from "../errors.ts";
import { anyDType, anyNumber, finite, flag, shapeRange, whole } from "../options/ranges.ts";
import { expectValue, quoted } from "../options/value-range.ts";
import { checkShape, formatShape, type Shape, sizeOf } from "../shape.ts";
import { expectTensor } from "../tensor/expect-tensor.ts";
import { apply, fromData, type Tensor } from "../tensor/tensor.ts";
import type { TensorJSON } from "../tensor/tensor-json.ts";
import { type ArrayData, checkFits, type FlatData, flatData, type NestedData } from "./flat-data.ts";

/** Options of creation functions. */
export interface CreationOptions {
  /** Element type; float32 unless given. */
  readonly dtype?: DType | undefined;
  /** Whether to differentiate by the result. */
  readonly requiresGrad?: boolean | undefined;
}

/** {@link CreationOptions} and a shape for flat data. */
export interface TensorOptions extends CreationOptions {
  /** Extents of the tensor; those of the nested arrays unless given. */
  readonly shape?: Shape | undefined;
}

const requiresGrad = option(flag, false);
const table: OptionTable<CreationOptions> = { dtype: optional(anyDType), requiresGrad };
const tensorTable: OptionTable<TensorOptions> = {
  shape: optional(shapeRange),
  ...table,
};

/**
 * A tensor from a number, a boolean, nested arrays of either, a typed array, or what `JSON` has made of a tensor, copied.
 *
 * Unless a dtype is given, numbers are float32 and booleans bool. A Float64Array is float64, a Float32Array or Float16Array
 * float32, and arrays of integers are int32 as long as every element fits. Given a dtype, every element is converted
 * as {@link Tensor.to} does, but numbers that leave int32 are an error and do not wrap, unless they come in a typed array.
 *
 * @throws {ShapeError} when nested arrays are ragged, or the data does not fill `shape`
 * @throws {ValueError} for booleans beside numbers without a dtype, for numbers that int32 cannot hold, for other data
 * @example
 * tensor([[1, 2], [3, 4]]).shape // => [2, 2]
 * tensor(new Uint8Array([0, 128, 255])).dtype // => "int32"
 */
export function tensor(data: NestedData | ArrayData | TensorJSON, options: TensorOptions = {}): Tensor {
  const { shape: wanted, dtype: given, requiresGrad } = settleOptions("tensor", options, tensorTable);
  const flat = flatData(data, given);
  const settled = { values: flat.values, shape: wanted ?? flat.shape, dtype: given ?? flat.dtype };
  return tensorOf("tensor", settled).requiresGrad_(requiresGrad);
}

/**
 * A tensor of elements in order, converted to the dtype.
 *
 * @param fn name of the function that was called, for the messages
 */
export function tensorOf(fn: string, { values, shape, dtype }: FlatData): Tensor {
  checkShape(fn, shape);
  const size = sizeOf(shape);
  if (size !== values.length) {
    throw new ShapeError(`${fn}: expected ${size} elements for shape ${formatShape(shape)}, got ${values.length}.`);
  }
  const array = allocate(dtype, size);
  convertInto(values, array);
  return fromData(array, [...shape], dtype);
}

/**
 * A tensor with every element equal to `value`, converted to the dtype as {@link Tensor.to} does.
 *
 * @throws {ValueError} for a value that leaves int32, which is not wrapped
 */
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

/**
 * `value` in the shape of `like`, and in its dtype unless one is given; a value that int32 or bool elements cannot have
 * makes float32.
 */
export function fullLike(like: Tensor, value: number, options: CreationOptions = {}): Tensor {
  return filledLike("fullLike", like, value, options);
}

function filledLike(fn: string, like: Tensor, value: number, options: CreationOptions): Tensor {
  expectTensor(fn, "like", like);
  return filled(fn, like.shape, value, options, numberDType(value, like.dtype));
}

/** @param fn name of the function that was called, for the messages */
function filled(
  fn: string,
  shape: Shape,
  value: number,
  options: CreationOptions,
  standard: DType = "float32",
): Tensor {
  // First of all, since zeros(2, 3) is more common than wrong options.
  checkShape(fn, shape);
  const { dtype = standard, requiresGrad } = settleOptions(fn, options, table);
  expectValue(fn, "value", value, anyNumber);
  checkFits(fn, [value], dtype, []);
  const data = allocate(dtype, sizeOf(shape));
  if (!Object.is(value, 0)) data.fill(toElement(value, dtype));
  return fromData(data, [...shape], dtype).requiresGrad_(requiresGrad);
}

/**
 * `start, start + step, …` below `stop`; `arange(n)` counts 0 … n − 1. int32 when all three are whole numbers,
 * float32 otherwise.
 *
 * @throws {ValueError} for numbers that leave int32, which are not wrapped
 */
export function arange(start: number, stop?: number, step = 1, options: CreationOptions = {}): Tensor {
  const { dtype: given, requiresGrad } = settleOptions("arange", options, table);
  const [first, last] = stop === undefined ? [0, start] : [start, stop];
  if (![first, last, step].every(Number.isFinite) || step === 0) {
    throw new ValueError(
      `arange: expected finite numbers and a step other than 0, got ${[first, last, step].map(quoted).join(", ")}.`,
    );
  }
  const dtype = given ?? ([first, last, step].every(Number.isInteger) ? "int32" : "float32");
  const length = Math.max(Math.ceil((last - first) / step), 0);
  const values = sequence(length, (i) => first + i * step);
  checkFits("arange", values, dtype, [length]);
  return tensor(values, { dtype, requiresGrad });
}

/** What `at` gives for each position; `Float64Array.from` takes several times as long. */
function sequence(length: number, at: (i: number) => number): Float64Array {
  const values = new Float64Array(length);
  for (let i = 0; i < length; i++) values[i] = at(i);
  return values;
}

/** `count` values at equal distances from `start` to `stop`, both included. */
export function linspace(start: number, stop: number, count: number, options: CreationOptions = {}): Tensor {
  const { dtype = "float32", requiresGrad } = settleOptions("linspace", options, table);
  expectValue("linspace", "start", start, finite);
  expectValue("linspace", "stop", stop, finite);
  expectValue("linspace", "count", count, whole(0));
  const at = (i: number): number =>
    i === count - 1 && i > 0 ? stop : start + ((stop - start) * i) / Math.max(count - 1, 1);
  const values = sequence(count, at);
  checkFits("linspace", values, dtype, [count]);
  return tensor(values, { dtype, requiresGrad });
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
