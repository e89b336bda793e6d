import { checkOptions, option, type OptionTable, optional, ranges, withGradMode } from "@tapegrad/tensor/internal";
import type { BackwardOptions, Tensor } from "@tapegrad/tensor";
import { backpropagate } from "./backpropagate.ts";
import { startingCotangent } from "./cotangent.ts";

const table: OptionTable<BackwardOptions> = {
  retainGraph: optional(ranges.flag),
  createGraph: option(ranges.flag, false),
};

/**
 * Adds the gradients of `output` to the `grad` of every leaf behind it. This is what
 * `Tensor.backward` runs.
 *
 * leaf.grad += Σ cotangent · ∂output / ∂leaf
 *
 * @param cotangent of the shape and dtype of `output`; 1 for an output of one element
 * @throws {GradError} if there is no graph, it was freed, or a saved tensor was assigned to
 */
export function backward(output: Tensor, cotangent: Tensor | undefined, options: BackwardOptions): void {
  checkOptions("backward", options, table);
  const ct = startingCotangent("backward", output, cotangent);
  const createGraph = options.createGraph ?? false;
  const retainGraph = options.retainGraph ?? createGraph;
  const cts = backpropagate([output], [ct], { fn: "backward", retainGraph, createGraph });
  withGradMode(createGraph, () => {
    const owned = new Set<unknown>([elements(ct)]);
    for (const [leaf, gradient] of cts) {
      if (leaf.grad === undefined) {
        // One array may serve several leaves on the way back: each leaf gets its own, or assign would change two.
        leaf.grad = createGraph ? gradient : own(gradient, owned);
      } else leaf.grad = leaf.grad.add(gradient);
    }
  });
}

function own(gradient: Tensor, owned: Set<unknown>): Tensor {
  const key = elements(gradient);
  if (owned.has(key)) return gradient.clone();
  owned.add(key);
  return gradient.node === undefined ? gradient : gradient.detach();
}

/** The array behind a tensor, or its storage while there is no array yet. */
function elements({ storage }: Tensor): unknown {
  return storage.data ?? storage;
}
