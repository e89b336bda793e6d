import { type AttrsOf, gradMode, type GradNode } from "@tapegrad/tensor/internal";
import type { Tensor } from "@tapegrad/tensor";
import type { GradientSum } from "./gradient-sum.ts";
import { Saved } from "./saved.ts";

/** Primitives whose input has a cotangent of zeros but for few elements: how those few are added to a sum in place. */
interface Parts {
  readonly slice: Adder<"slice">;
  readonly gather: Adder<"gather">;
}
type Adder<P extends keyof Parts> = (sum: GradientSum, ct: Tensor, saved: Saved, attrs: AttrsOf<P>) => void;

const parts: Parts = {
  slice: (sum, ct, saved, attrs) => sum.addSlice(saved.shape(0), ct, attrs),
  gather: (sum, ct, saved, attrs) => sum.addGathered(saved.shape(0), saved.input(1), ct, attrs),
};

/**
 * Goes back through a node that took a part of its input, without making the zeros around it: a loop over the steps of a
 * sequence would make and add as many as it has steps, each time.
 *
 * @returns whether the node is one of those
 */
export function addBack(
  node: GradNode,
  ct: Tensor | undefined,
  wanted: (input: Tensor) => boolean,
  sumOf: (input: Tensor) => GradientSum,
): boolean {
  const { name, pullback } = node;
  if (ct === undefined || pullback !== undefined || (name !== "slice" && name !== "gather")) return false;
  const input = node.inputs[0]!;
  if (!wanted(input)) return true;
  gradMode.detector?.checkGradient(node, 0, ct);
  const add = parts[name] as Adder<keyof Parts>;
  add(sumOf(input), ct, new Saved(node), node.attrs as AttrsOf<keyof Parts>);
  return true;
}
