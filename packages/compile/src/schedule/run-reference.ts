import { type TypedArray } from "@tapegrad/tensor";
import { allocate, sizeOf } from "@tapegrad/tensor/internal";
import type { Value } from "../graph/graph.ts";
import { definitionOf } from "../operations/definition.ts";
import type { RoutineKernel } from "./kernel.ts";
import { isWhole, type View } from "./view.ts";

/**
 * Runs an operation by its reference: one that a target has no code for, or one that fails, so that it throws its error.
 *
 * @param arrayOf where the elements of values are kept
 */
export function runReference({ operation, inputs, views }: RoutineKernel, arrayOf: (value: Value) => TypedArray): void {
  const { name, outputs, attrs } = operation;
  // A reshape is recorded with the operand's shape; whatever holds the elements, the operation sees that.
  const blocks = operation.inputs.map((input, i) => ({
    shape: input.shape,
    dtype: input.dtype,
    data: elementsOf(views[i]!, arrayOf(inputs[i]!)),
  }));
  const results = definitionOf(name).evaluate(blocks, attrs, outputs);
  outputs.forEach((output, i) => arrayOf(output).set(results[i]!));
}

/** What a view sees, in order. */
function elementsOf(view: View, data: TypedArray): TypedArray {
  if (isWhole(view) || sizeOf(view.shape) === 0) return data;
  const out = allocate(view.base.dtype, sizeOf(view.shape));
  const index = view.shape.map(() => 0);
  for (let i = 0; i < out.length; i++) {
    out[i] = data[index.reduce((at, k, axis) => at + k * view.strides[axis]!, view.offset)]!;
    for (let axis = index.length - 1; axis >= 0; axis--) {
      index[axis] = index[axis]! + 1;
      if (index[axis] !== view.shape[axis]) break;
      index[axis] = 0;
    }
  }
  return out;
}
