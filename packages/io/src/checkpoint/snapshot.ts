import { Tensor } from "@tapegrad/tensor";
import { isPlainObject } from "@tapegrad/tensor/internal";

/** A copy of a state whose tensors share nothing with those that go on changing. */
export function snapshot<S>(state: S): S {
  return copied(state) as S;
}

function copied(value: unknown): unknown {
  if (value instanceof Tensor) return value.detach().clone();
  if (Array.isArray(value)) return value.map(copied);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copied(inner)]));
}
