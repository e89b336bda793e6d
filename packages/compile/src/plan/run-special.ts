import { formatShape, primitives, ShapeError, type Spec, type TypedArray } from "@tapegrad/tensor";
import { attrsOf, type Value } from "../graph/graph.ts";
import type { SpecialKernel } from "../schedule/kernel.ts";

/** Runs an operation that no WebAssembly kernel computes by its reference, on arrays in the module's memory. */
export function runSpecial({ operation, inputs }: SpecialKernel, arrayOf: (value: Value) => TypedArray): void {
  const { name, outputs, attrs } = operation;
  if (name === "checkIndex") {
    const index = arrayOf(inputs[0] as Value);
    const { extent, fn, axis } = attrsOf(operation, "checkIndex");
    for (const i of index) {
      if (i < 0 || i >= extent) {
        throw new ShapeError(`${fn}: expected indices in [0, ${extent}) for axis ${axis}, got ${i}.`);
      }
    }
    return;
  }
  const primitive = primitives[name as keyof typeof primitives];
  if (primitive === undefined) throw new Error(`runSpecial: ${name} of ${formatShape([])} has no kernel.`);
  const evaluate = primitive.evaluate as (
    blocks: readonly unknown[],
    attrs: unknown,
    outputs: readonly Spec[],
  ) => readonly TypedArray[];
  // A reshape is recorded with the operand's shape; whatever holds the elements, the operation sees that.
  const blocks = operation.inputs.map((input, i) => ({
    shape: input.shape,
    dtype: input.dtype,
    data: arrayOf(inputs[i] as Value),
  }));
  const results = evaluate(blocks, attrs, outputs);
  outputs.forEach((output, i) => arrayOf(output).set(results[i] as TypedArray));
}
