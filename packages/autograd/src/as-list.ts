import type { Tensor } from "@tapegrad/tensor";
import { expectTensor } from "@tapegrad/tensor/internal";

/**
 * What a user's function of one or several results gave, as a list.
 *
 * @param fn name of the function that was called, for the message
 * @throws {ValueError} `gradcheck: expected the result of f to be a tensor, got 1.`
 */
export function asList(fn: string, result: Tensor | readonly Tensor[]): readonly Tensor[] {
  const list: readonly Tensor[] = Array.isArray(result) ? (result as readonly Tensor[]) : [result as Tensor];
  for (const each of list) expectTensor(fn, "the result of f", each);
  return list;
}
