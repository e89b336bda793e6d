import { type Tensor, tensor } from "@tapegrad/tensor";
import { snapshot, type Wrap } from "./same-as-eager.ts";

/** Calls a step between changes; gives what it gave, and gradients, after each. */
export function between(
  wrap: Wrap,
  leaves: readonly Tensor[],
  fn: (x: Tensor) => unknown,
  changes: readonly (() => unknown)[],
): unknown {
  const step = wrap(fn);
  return [() => undefined, ...changes].map((change, i) => {
    change();
    for (const each of leaves) each.grad = undefined;
    return [step(tensor([i + 1, -2], { dtype: "float64" })), leaves.map(({ grad }) => snapshot(grad))];
  });
}
