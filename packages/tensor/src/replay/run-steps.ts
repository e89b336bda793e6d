import { type ElementArray, runElementwise } from "@tapegrad/simd";
import { allocate, type TypedArray } from "../dtype.ts";
import { runKernel } from "../kernels/kernels.ts";
import type { Primitive } from "../primitives/primitive.ts";
import { primitives } from "../primitives/primitives.ts";
import { sizeOf } from "../shape.ts";
import type { Block } from "../storage.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Step } from "./plan.ts";
import type { Application, RecordedValue, Recording, ValueId } from "./recording.ts";
import type { ProgramStep } from "./segment.ts";

/** Does what was recorded, with what tensors and gradients hold now. */
export function runSteps({ values }: Recording, steps: readonly Step[]): void {
  const computed = new Array<TypedArray | undefined>(values.length);
  const read = (id: ValueId): TypedArray => computed[id] ?? elementsOf(values[id]!);
  for (const step of steps) {
    if (step.kind === "program") runProgram(step, values, computed, read);
    else if (step.kind === "application") runApplication(step, values, computed, read);
    else {
      step.target["elements"].set(read(step.value));
      step.target.storage.version++;
    }
  }
}

function elementsOf({ source }: RecordedValue): TypedArray {
  const tensor = source?.kind === "tensor" ? source.tensor : (source as { readonly leaf: Tensor }).leaf.grad!;
  return tensor["elements"];
}

function runApplication(
  { name, inputs, attrs, outputs }: Application,
  values: readonly RecordedValue[],
  computed: (TypedArray | undefined)[],
  read: (id: ValueId) => TypedArray,
): void {
  const primitive = primitives[name] as Primitive<unknown>;
  const blocks = inputs.map((id): Block => {
    const { shape, dtype } = values[id]!;
    return { data: read(id), shape, dtype };
  });
  const specs = outputs.map((id) => values[id]!);
  const results = runKernel(name, blocks, attrs as never, specs) ?? primitive.evaluate(blocks, attrs, specs);
  outputs.forEach((id, i) => (computed[id] = results[i]!));
}

function runProgram(
  { program, inputs, scalars, outputs, assignments }: ProgramStep,
  values: readonly RecordedValue[],
  computed: (TypedArray | undefined)[],
  read: (id: ValueId) => TypedArray,
): void {
  const arrays = outputs.map((output): TypedArray => {
    if ("target" in output) return output.target["elements"];
    const { shape, dtype } = values[output.value]!;
    return (computed[output.value] = allocate(dtype, sizeOf(shape)));
  });
  runElementwise(program, {
    inputs: inputs.map((id) => read(id) as ElementArray),
    scalars: scalars.map((id) => read(id)[0]!),
    outputs: arrays as ElementArray[],
  });
  for (const { storage } of assignments) storage.version++;
}
