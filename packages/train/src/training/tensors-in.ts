import { Tensor } from "@tapegrad/tensor";
import { isPlainObject } from "@tapegrad/tensor/internal";

/** The tensors in what a module takes or gives: a tensor, or lists and objects of them. */
export function tensorsIn(value: unknown): Tensor[] {
  if (value instanceof Tensor) return [value];
  if (Array.isArray(value)) return value.flatMap(tensorsIn);
  return isPlainObject(value) ? Object.values(value).flatMap(tensorsIn) : [];
}
