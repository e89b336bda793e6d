import { assign, full, type Tensor } from "@tapegrad/tensor";

/** Fills a tensor with one value and returns it. */
export function constant<T extends Tensor>(target: T, value: number): T {
  assign(target, full(target.shape, value, { dtype: target.dtype }));
  return target;
}

/** Fills a tensor with ones and returns it. */
export function ones<T extends Tensor>(target: T): T {
  return constant(target, 1);
}

/** Fills a tensor with zeros and returns it. */
export function zeros<T extends Tensor>(target: T): T {
  return constant(target, 0);
}
