import type { Trace } from "@tapegrad/compile/internal";
import { ValueError } from "@tapegrad/tensor";
import { formatShape } from "@tapegrad/tensor/internal";
import type { States } from "./names.ts";

/** Throws unless a function gives tensors, and does nothing else. */
export function expectPure({ graph }: Trace, states: States): void {
  if (graph.results.length === 0) {
    throw new ValueError("exportOnnx: expected a function that gives tensors, got one that gives none.");
  }
  const [changed] = [...graph.updates.keys()].map((storage) => states.get(storage)?.name ?? "a tensor outside");
  const [leaf] = graph.grads;
  const what = changed ?? (leaf && `the gradient of a leaf of shape ${formatShape(leaf.leaf.shape)}`);
  if (what === undefined) return;
  throw new ValueError(
    `exportOnnx: expected a function that changes nothing, got one that changes ${what}. ` +
      "Call eval() on its modules first.",
  );
}
