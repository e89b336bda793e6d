import { allocate, convertInto, type DType } from "../dtype.ts";
import { CompileError } from "../errors.ts";
import { replaceArray } from "../storage.ts";
import type { TensorCore } from "./core.ts";
import { activeTracer } from "./tracer.ts";

/**
 * Changes a leaf's dtype in place, converting its elements; its gradient is dropped.
 *
 * @throws {CompileError} while a function is traced that has used the tensor
 */
export function convertStorage(tensor: TensorCore, dtype: DType): void {
  const { storage } = tensor;
  const { data } = storage;
  if (storage.dtype === dtype) return;
  if (data === undefined) throw new CompileError(`to: expected a tensor with a value, got one that is being traced.`);
  activeTracer()?.convert(storage);
  const converted = allocate(dtype, tensor.size);
  convertInto(data, converted);
  replaceArray(storage, converted, dtype);
  storage.version++;
  tensor.grad = undefined;
}
