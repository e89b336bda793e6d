import { Tensor, ValueError } from "@tapegrad/tensor";
import { formatValue } from "@tapegrad/tensor/internal";

/** The parameters that have a gradient, each with it. */
export function gradientsOf(
  fn: string,
  params: Tensor | Iterable<Tensor>,
): { readonly param: Tensor; readonly grad: Tensor }[] {
  const list: readonly unknown[] = params instanceof Tensor ? [params] : [...params];
  const found: { param: Tensor; grad: Tensor }[] = [];
  for (const param of list) {
    if (!(param instanceof Tensor)) throw new ValueError(`${fn}: expected tensors, got ${formatValue(param)}.`);
    if (param.grad !== undefined) found.push({ param, grad: param.grad });
  }
  return found;
}
