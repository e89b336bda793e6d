import type { CompositeName, Composites } from "../primitives/composite.ts";
import type { Tensor } from "./tensor.ts";
import { activeTracer } from "./tracer.ts";

/**
 * Runs what a composite is made of, in sight of the tracer: one that writes a model down for others may say it as one
 * operator.
 *
 * @param inputs in the order of {@link Composites}, undefined for those that are left out
 * @param decomposition applies the primitives and gives the outputs
 */
export function composite<C extends CompositeName, R extends Tensor | readonly Tensor[]>(
  name: C,
  inputs: readonly (Tensor | undefined)[],
  attrs: Composites[C],
  decomposition: () => R,
): R {
  return activeTracer()?.composite?.(name, inputs, attrs, decomposition) ?? decomposition();
}
