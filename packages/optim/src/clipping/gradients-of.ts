import { Tensor, ValueError } from "@tapegrad/tensor";
import { formatValue } from "@tapegrad/tensor/internal";
import { someEntriesOf } from "../optimizer/entries-of.ts";

/** The parameters that have a gradient, each once and with it. */
export function gradientsOf(
  fn: string,
  params: Tensor | Iterable<Tensor>,
): { readonly param: Tensor; readonly grad: Tensor }[] {
  const list = new Set<unknown>(params instanceof Tensor ? [params] : someEntriesOf(fn, params));
  const found: { param: Tensor; grad: Tensor }[] = [];
  for (const param of list) {
    if (!(param instanceof Tensor)) throw new ValueError(`${fn}: expected tensors, got ${formatValue(param)}.`);
    if (param.grad !== undefined) found.push({ param, grad: param.grad });
  }
  return found;
}
