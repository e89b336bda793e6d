import { GradError } from "@tapegrad/tensor";
import {
  checkOptions,
  option,
  type OptionTable,
  optional,
  ranges,
  tensorsOf,
  withGradMode,
} from "@tapegrad/tensor/internal";
import type { BackwardOptions, Tensor, Tensors } from "@tapegrad/tensor";
import { accumulate } from "./accumulate.ts";
import { backpropagate } from "./backpropagate.ts";
import { startingCotangent } from "./cotangent.ts";

const table: OptionTable<BackwardOptions> = {
  retainGraph: optional(ranges.flag),
  createGraph: option(ranges.flag, false),
  // What they are, tensorsOf says.
  inputs: optional({ text: "to be a list of tensors", has: (value): value is Tensors => value !== null }),
};

/**
 * Adds the gradients of `output` to the `grad` of every leaf behind it, or of `inputs`. This is what
 * `Tensor.backward` runs.
 *
 * leaf.grad += Σ cotangent · ∂output / ∂leaf
 *
 * @param cotangent of the shape and dtype of `output`; 1 for an output of one element
 * @throws {GradError} if there is no graph, it was freed, or a saved tensor was assigned to
 */
export function backward(output: Tensor, cotangent: Tensor | undefined, options: BackwardOptions): void {
  checkOptions("backward", options, table);
  const inputs = options.inputs === undefined ? undefined : inputsOf(options.inputs);
  const ct = startingCotangent("backward", output, cotangent);
  const createGraph = options.createGraph ?? false;
  const retainGraph = options.retainGraph ?? createGraph;
  const walk = backpropagate([output], [ct], { fn: "backward", retainGraph, createGraph, targets: inputs });
  withGradMode(createGraph, () => accumulate(walk, ct, createGraph, inputs));
}

function inputsOf(given: Tensors): readonly Tensor[] {
  const inputs = tensorsOf("backward", "inputs", given);
  if (inputs.length === 0) {
    throw new GradError("backward: expected at least one tensor as inputs, got none. Leave inputs out for all leaves.");
  }
  const without = inputs.findIndex(({ requiresGrad }) => !requiresGrad);
  if (without < 0) return inputs.map((input) => input["onTape"]);
  throw new GradError(`backward: expected inputs that require gradients, got input ${without} without.`);
}
