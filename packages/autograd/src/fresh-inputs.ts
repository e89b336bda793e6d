import { DTypeError } from "@tapegrad/tensor";
import { apply, gradMode, isFloat } from "@tapegrad/tensor/internal";
import type { Tensor } from "@tapegrad/tensor";

/**
 * Stand-ins for `inputs` to differentiate a function by: new leaves over the same elements, or,
 * where an input is itself on the tape, a view that stays connected to it.
 */
export function freshInputs(fn: string, inputs: readonly Tensor[]): Tensor[] {
  inputs.forEach(({ dtype }, i) => {
    if (isFloat(dtype)) return;
    throw new DTypeError(`${fn}: expected float inputs, got ${dtype} for input ${i}. Close over it instead.`);
  });
  return inputs.map((input) =>
    isConnected(input) ? apply("reshape", [input], { shape: input.shape })[0] : input.detach().requiresGrad_(),
  );
}

/** Whether any of `tensors` is differentiated from outside, so that gradients must stay on the tape. */
export function anyConnected(tensors: readonly Tensor[]): boolean {
  return tensors.some(isConnected);
}

function isConnected(tensor: Tensor): boolean {
  return gradMode.enabled && tensor.requiresGrad;
}
