import { DTypeError, type Tensor } from "@tapegrad/tensor";
import { expectTensor, isFloat } from "@tapegrad/tensor/internal";
import { Parameter } from "../module/parameter.ts";

/** A parameter as it is, and another tensor as a parameter of its elements. */
export function parameterOf(fn: string, what: string, tensor: Tensor): Parameter {
  if (tensor instanceof Parameter) return tensor;
  expectTensor(fn, what, tensor);
  if (isFloat(tensor.dtype)) return new Parameter(tensor);
  throw new DTypeError(`${fn}: expected ${what} to be float32 or float64, got ${tensor.dtype}.`);
}
