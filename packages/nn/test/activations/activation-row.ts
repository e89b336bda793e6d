import type { Tensor } from "@tapegrad/tensor";
import type * as nn from "../../src/index.ts";

/** What there is to be at an argument. */
type Point = readonly [x: number, wanted: number];

/** A {@link Point}. */
export const at = (x: number, wanted: number): Point => [x, wanted];

/** An elementwise activation and what is known about it. */
export interface ActivationRow {
  /** Name of the function, and its options if they are not the standard. */
  readonly name: string;
  readonly f: (x: Tensor) => Tensor;
  /** The layer of the same function with the same options. */
  readonly layer: nn.Module<[Tensor]>;
  /** Its definition, written down once more. */
  readonly naive: (x: number) => number;
  /** Values at −∞ and ∞. */
  readonly ends: readonly [number, number];
  /** Values that a careless formula gets wrong, to 1e-13 of y. */
  readonly tails?: readonly Point[];
  /** Gradients at kinks, and in the tails. */
  readonly slopes: readonly Point[];
}
