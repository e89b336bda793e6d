import type { Tensor } from "@tapegrad/tensor";

/** What a function of one or several results gives, as a list. */
export function asList(result: Tensor | readonly Tensor[]): readonly Tensor[] {
  return Array.isArray(result) ? (result as readonly Tensor[]) : [result as Tensor];
}
