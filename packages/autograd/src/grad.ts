import { GradError, zerosLike } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import type { Tensor } from "@tapegrad/tensor";
import { backpropagate } from "./backpropagate.ts";
import { startingCotangent } from "./cotangent.ts";

/** Options of {@link grad}. */
export interface GradOptions {
  /** Cotangent of the output; 1 for an output of one element. */
  readonly cotangent?: Tensor | undefined;
  /** Keep the graph for another walk. Default: `createGraph`. */
  readonly retainGraph?: boolean;
  /** Record the gradients themselves, so that they can be differentiated again. Default: false. */
  readonly createGraph?: boolean;
  /** Give zeros for an input that the output does not depend on, instead of an error. Default: false. */
  readonly allowUnused?: boolean;
}

/**
 * The gradients of `output` by `inputs`, leaving every `grad` as it is.
 *
 * g_i = Σ cotangent · ∂output / ∂inputs_i
 *
 * @param inputs tensors that require gradients, leaves or not
 * @returns one gradient per input, of its shape and dtype
 * @throws {GradError} if an input is unused, there is no graph, or it was freed
 * @example
 * const x = tensor([1, 2, 3], { requiresGrad: true });
 * grad(x.square().sum(), [x])[0].toArray(); // => [2, 4, 6]
 */
export function grad(output: Tensor, inputs: readonly Tensor[], options: GradOptions = {}): Tensor[] {
  checkOptions("grad", options, ["cotangent", "retainGraph", "createGraph", "allowUnused"]);
  inputs.forEach((input, i) => {
    if (input.requiresGrad) return;
    throw new GradError(
      `grad: expected inputs that require gradients, got input ${i} without. ` +
        "Create it with requiresGrad: true or call requiresGrad_() before it is used.",
    );
  });
  const ct = startingCotangent("grad", output, options.cotangent);
  const createGraph = options.createGraph ?? false;
  const retainGraph = options.retainGraph ?? createGraph;
  const cts = backpropagate([output], [ct], { fn: "grad", retainGraph, createGraph, targets: inputs });
  return inputs.map((input, i) => {
    const gradient = cts.get(input);
    if (gradient !== undefined) return gradient;
    if (options.allowUnused === true) return zerosLike(input);
    throw new GradError(
      `grad: expected every input to be used by the output, got input ${i} unused. ` +
        "Pass { allowUnused: true } to get zeros for it.",
    );
  });
}
