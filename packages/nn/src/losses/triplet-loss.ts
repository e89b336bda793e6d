import type { Tensor } from "@tapegrad/tensor";
import { expectTensor } from "@tapegrad/tensor/internal";
import { checkFloat, checkSameShape } from "./check-target.ts";

/** The three of a triplet by their names. */
export interface Triplet {
  readonly anchor: Tensor;
  readonly positive: Tensor;
  readonly negative: Tensor;
}

/** Throws unless all are floats of one shape. */
export function checkTriplet(fn: string, triplet: Triplet): void {
  for (const [name, vectors] of Object.entries(triplet) as [string, Tensor][]) {
    expectTensor(fn, name, vectors);
    checkFloat(fn, name, vectors);
    checkSameShape(fn, triplet.anchor, vectors, name);
  }
}

/** `max(0, margin + d(a, p) − d(a, n))`; with `swap`, `min(d(a, n), d(p, n))` in the place of the last. */
export function tripletLosses(
  { anchor, positive, negative }: Triplet,
  distance: (first: Tensor, second: Tensor) => Tensor,
  margin: number,
  swap: boolean,
): Tensor {
  const far = distance(anchor, negative);
  const farther = swap ? far.minimum(distance(positive, negative)) : far;
  return distance(anchor, positive).sub(farther).add(margin).clamp(0);
}
