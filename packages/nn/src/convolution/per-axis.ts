import { ShapeError, type Tensor } from "@tapegrad/tensor";
import { formatShape, type ValueRange } from "@tapegrad/tensor/internal";

/** One value for every spatial axis, or a value per axis. */
export type PerAxis<T = number> = T | readonly T[];

/** Those of `range`: one for all of `rank` spatial axes, or one each. */
export function perAxis<T>(rank: number, range: ValueRange<T>): ValueRange<PerAxis<T>> {
  return {
    ...range,
    text: rank === 1 ? range.text : `${range.text}, or ${rank} of them`,
    has: (value): value is PerAxis<T> =>
      Array.isArray(value) ? value.length === rank && value.every((one) => range.has(one)) : range.has(value),
  };
}

/** The value of each of `rank` spatial axes. */
export function eachAxis<T extends number | null>(rank: number, value: PerAxis<T>): readonly T[] {
  return Array.isArray(value) ? [...(value as readonly T[])] : Array.from({ length: rank }, () => value as T);
}

/**
 * Runs `body` on `[N, C, ...spatial]`, and takes an axis for the batch in and out of a single sample `[C, ...spatial]`.
 *
 * @throws {ShapeError} for another number of axes
 */
export function withBatch(fn: string, x: Tensor, rank: number, body: (batch: Tensor) => Tensor): Tensor {
  if (x.ndim === rank + 2) return body(x);
  if (x.ndim !== rank + 1) {
    throw new ShapeError(
      `${fn}: expected input of ${rank + 2} axes (or ${rank + 1} for one sample), got shape ${formatShape(x.shape)}.`,
    );
  }
  const y = body(x.unsqueeze(0));
  return y.reshape(y.shape.slice(1));
}
