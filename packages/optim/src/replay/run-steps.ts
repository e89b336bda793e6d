import { type ElementArray, runElementwise } from "@tapegrad/simd";
import type { Tensor, TypedArray } from "@tapegrad/tensor";
import { allocate, type Block, type Primitive, primitives, sizeOf } from "@tapegrad/tensor/internal";
import type { Step } from "./plan.ts";
import type { Application, RecordedValue, Recording, ValueId } from "./recording.ts";
import type { ProgramStep } from "./segment.ts";

/** Does what was recorded, with what tensors and gradients hold now. */
export function runSteps({ values }: Recording, steps: readonly Step[]): void {
  const computed = new Array<TypedArray | undefined>(values.length);
  const read = (id: ValueId): TypedArray => computed[id] ?? elementsOf(values[id]!);
  for (const step of steps) {
    if (step.kind === "program") runProgram(step, values, computed, read);
    else if (step.kind === "application") runKernel(step, values, computed, read);
    else {
      step.target["elements"].set(read(step.value));
      step.target.storage.version++;
    }
  }
}

function elementsOf({ source }: RecordedValue): TypedArray {
  const tensor = "tensor" in source! ? source.tensor : (source!.gradientOf.grad as Tensor);
  return tensor["elements"];
}

function runKernel(
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
  const results = primitive.evaluate(
    blocks,
    attrs,
    outputs.map((id) => values[id]!),
  );
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
