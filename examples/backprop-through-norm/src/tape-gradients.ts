import { grad, type Tensor } from "tapegrad";

/** The tape's gradients of Σ dy · y by tensors that were given names, leaves and intermediates alike. */
export function tapeGradients<Name extends string>(
  y: Tensor,
  named: Readonly<Record<Name, Tensor>>,
  dy: Tensor,
): Record<Name, Tensor> {
  const names = Object.keys(named) as Name[];
  const grads = grad(y, Object.values<Tensor>(named), { cotangent: dy });
  return Object.fromEntries(names.map((name, index) => [name, grads[index]])) as Record<Name, Tensor>;
}
