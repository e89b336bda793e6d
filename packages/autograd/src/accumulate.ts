import type { Tensor } from "@tapegrad/tensor";
import { gradHooksOf } from "@tapegrad/tensor/internal";
import type { Walk } from "./backpropagate.ts";
import { elementsOf } from "./run-hooks.ts";

/** Adds what a walk has found to the `grad` of tensors: of these, or of all leaves, and of results that keep theirs. */
export function accumulate(
  { gradients, hooks }: Walk,
  cotangent: Tensor,
  createGraph: boolean,
  inputs: readonly Tensor[] | undefined,
): void {
  // One array may serve several leaves on the way back: each gets its own, or assign would change two. What is recorded
  // nobody can assign to.
  const owned = new Set<unknown>([elementsOf(cotangent), ...hooks.seen]);
  const own = (gradient: Tensor): Tensor => {
    if (createGraph && gradient.node !== undefined) return gradient;
    const key = elementsOf(gradient);
    if (owned.has(key)) return gradient.clone();
    owned.add(key);
    return gradient.node === undefined ? gradient : gradient.detach();
  };
  const add = (tensor: Tensor, gradient: Tensor): void => {
    if (tensor.grad !== undefined) tensor.grad = tensor.grad.add(gradient);
    else tensor.grad = own(gradient);
  };
  for (const [result, gradient] of hooks.retained) if (inputs?.includes(result) !== true) add(result, gradient);
  for (const [tensor, gradient] of gradients) {
    add(tensor, gradient);
    for (const hook of gradHooksOf(tensor)) if (hook.kind === "accumulated") hook.run(tensor);
  }
}
