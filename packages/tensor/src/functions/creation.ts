import { allocate, checkDType, convertInto, type DType, numberDType, toElement } from "../dtype.ts";
import { checkOptions } from "../options/check-options.ts";
import { ShapeError, ValueError } from "../errors.ts";
import { whole } from "../options/ranges.ts";
import { expectValue } from "../options/value-range.ts";
import { checkShape, formatShape, type Shape, sizeOf } from "../shape.ts";
import { apply, fromData, type Tensor } from "../tensor/tensor.ts";
import { type ArrayData, checkInt32, flatData, type NestedData } from "./flat-data.ts";

/** Options of creation functions. */
export interface CreationOptions {
  /** Element type; float32 unless given. */
  readonly dtype?: DType | undefined;
  /** Whether to differentiate by the result. */
  readonly requiresGrad?: boolean | undefined;
}

/** {@link CreationOptions} and a shape for flat data. */
export interface TensorOptions extends CreationOptions {
  readonly shape?: Shape | undefined;
}

const optionKeys = ["dtype", "requiresGrad"];

/**
 * A tensor from a number, a boolean, nested arrays of either or a typed array, copied.
 *
 * Unless a dtype is given, numbers are float32 and booleans bool. A Float64Array is float64, a Float32Array or Float16Array
 * float32, and arrays of integers are int32 as long as every element fits. Given a dtype, every element is converted
 * as {@link Tensor.to} does.
 *
 * @throws {ShapeError} when nested arrays are ragged, or the data does not fill `shape`
 * @throws {ValueError} for booleans beside numbers, or integers that int32 cannot hold, without a dtype; for other data
 * @example
 * tensor([[1, 2], [3, 4]]).shape // => [2, 2]
 * tensor(new Uint8Array([0, 128, 255])).dtype // => "int32"
 */
export function tensor(data: NestedData | ArrayData, options: TensorOptions = {}): Tensor {
  checkOptions("tensor", options, ["shape", ...optionKeys]);
  const flat = flatData(data, options.dtype);
  const { shape = flat.shape, dtype = flat.dtype } = options;
  checkShape("tensor", shape);
  const size = sizeOf(shape);
  if (size !== flat.values.length) {
    throw new ShapeError(
      `tensor: expected ${size} elements for shape ${formatShape(shape)}, got ${flat.values.length}.`,
    );
  }
  checkDType("tensor", dtype);
  const array = allocate(dtype, size);
  convertInto(flat.values, array);
  return fromData(array, [...shape], dtype).requiresGrad_(options.requiresGrad ?? false);
}

/** A tensor with every element equal to `value`, converted to the dtype as {@link Tensor.to} does. */
export function full(shape: Shape, value: number, options: CreationOptions = {}): Tensor {
  checkOptions("full", options, optionKeys);
  checkShape("full", shape);
  const dtype = options.dtype ?? "float32";
  checkDType("full", dtype);
  const data = allocate(dtype, sizeOf(shape));
  if (value !== 0) data.fill(toElement(value, dtype));
  return fromData(data, [...shape], dtype).requiresGrad_(options.requiresGrad ?? false);
}

/** A tensor of zeros. */
export function zeros(shape: Shape, options: CreationOptions = {}): Tensor {
  return full(shape, 0, options);
}

/** A tensor of ones. */
export function ones(shape: Shape, options: CreationOptions = {}): Tensor {
  return full(shape, 1, options);
}

/** Zeros in the shape and dtype of `like`. */
export function zerosLike(like: Tensor, options: CreationOptions = {}): Tensor {
  return fullLike(like, 0, options);
}

/** Ones in the shape and dtype of `like`. */
export function onesLike(like: Tensor, options: CreationOptions = {}): Tensor {
  return fullLike(like, 1, options);
}

/**
 * `value` in the shape of `like`, and in its dtype unless one is given; a value that int32 or bool elements cannot have
 * makes float32.
 */
export function fullLike(like: Tensor, value: number, options: CreationOptions = {}): Tensor {
  return full(like.shape, value, { ...options, dtype: options.dtype ?? numberDType(value, like.dtype) });
}

/**
 * `start, start + step, …` below `stop`; `arange(n)` counts 0 … n − 1. int32 when all three are whole numbers,
 * float32 otherwise.
 *
 * @throws {ValueError} for whole numbers that int32 cannot hold, without a dtype
 */
export function arange(start: number, stop?: number, step = 1, options: CreationOptions = {}): Tensor {
  checkOptions("arange", options, optionKeys);
  const [first, last] = stop === undefined ? [0, start] : [start, stop];
  if (![first, last, step].every(Number.isFinite) || step === 0) {
    throw new ValueError(`arange: expected finite numbers and a step other than 0, got ${first}, ${last} and ${step}.`);
  }
  const isWhole = [first, last, step].every(Number.isInteger);
  const values = Float64Array.from(
    { length: Math.max(Math.ceil((last - first) / step), 0) },
    (_, i) => first + i * step,
  );
  if (isWhole && options.dtype === undefined) checkInt32("arange", values);
  return tensor(values, { ...options, dtype: options.dtype ?? (isWhole ? "int32" : "float32") });
}

/** `count` values at equal distances from `start` to `stop`, both included. */
export function linspace(start: number, stop: number, count: number, options: CreationOptions = {}): Tensor {
  checkOptions("linspace", options, optionKeys);
  expectValue("linspace", "count", count, whole(0));
  const at = (i: number): number =>
    i === count - 1 && i > 0 ? stop : start + ((stop - start) * i) / Math.max(count - 1, 1);
  return tensor(
    Float64Array.from({ length: count }, (_, i) => at(i)),
    { ...options, dtype: options.dtype ?? "float32" },
  );
}

/** The identity matrix, or its first `columns` columns. */
export function eye(rows: number, columns: number = rows, options: CreationOptions = {}): Tensor {
  const result = zeros([rows, columns], options);
  for (let i = 0; i < Math.min(rows, columns); i++) result.data[i * columns + i] = 1;
  return result;
}

/** Each element's position along `axis`. */
export function iota(shape: Shape, axis: number, dtype: DType = "int32"): Tensor {
  return apply("iota", [], { shape, axis, dtype })[0];
}
