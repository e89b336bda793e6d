import { assign, cat, ShapeError, type Tensor, ValueError } from "@tapegrad/tensor";
import { expectNothing, expectTensor, formatShape, tensorsOf } from "@tapegrad/tensor/internal";
import { checkDTypes } from "./check-dtypes.ts";

/**
 * The elements of several tensors as one vector, one tensor after the other. Gradients flow back to them.
 *
 * @param parameters at least one, of one dtype
 * @returns `[n]`, the sum of their sizes
 * @throws {ValueError} when there are none
 * @throws {DTypeError} when they have several dtypes
 * @example
 * parametersToVector(new Dense(2, 1, { init: "ones", biasInit: "zeros" }).parameters()).toArray(); // => [1, 1, 0]
 */
export function parametersToVector(parameters: Iterable<Tensor>, ...none: []): Tensor {
  expectNothing("parametersToVector", none);
  const list = tensorsOf("parametersToVector", "parameters", parameters);
  if (list.length === 0) throw new ValueError("parametersToVector: expected at least one parameter, got none.");
  checkDTypes("parametersToVector", Object.fromEntries(list.map((each, i) => [`parameter ${i}`, each])));
  return cat(list.map((each) => each.reshape([each.size])));
}

/**
 * Assigns the elements of a vector to several tensors, one tensor after the other: what `parametersToVector` undoes. Nothing is recorded.
 *
 * @param vector `[n]`, as many as all tensors have together; its elements are converted to their dtypes
 * @throws {ShapeError} when the vector has another number of elements: nothing has changed then
 * @example
 * const layer = new Dense(2, 1);
 * vectorToParameters(tensor([1, 2, 3]), layer.parameters());
 * [layer.weight.toArray(), layer.bias?.toArray()]; // => [[[1, 2]], [3]]
 */
export function vectorToParameters(vector: Tensor, parameters: Iterable<Tensor>, ...none: []): void {
  expectNothing("vectorToParameters", none);
  expectTensor("vectorToParameters", "vector", vector);
  const list = tensorsOf("vectorToParameters", "parameters", parameters);
  const total = list.reduce((sum, { size }) => sum + size, 0);
  if (vector.ndim !== 1 || vector.size !== total) {
    throw new ShapeError(
      `vectorToParameters: expected a vector of shape [${total}], got ${formatShape(vector.shape)}.`,
    );
  }
  let start = 0;
  // Taken before anything changes: the vector may share elements with the tensors.
  const values = list.map((each) => {
    const end = start + each.size;
    const value = vector.detach().slice([start, end]).reshape(each.shape).to(each.dtype);
    start = end;
    return value;
  });
  list.forEach((each, i) => assign(each, values[i]!));
}
