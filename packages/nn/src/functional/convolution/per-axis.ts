import { ShapeError, type Tensor, ValueError } from "@tapegrad/tensor";
import { formatShape } from "@tapegrad/tensor/internal";

/** One number for every spatial axis, or a number per axis. */
export type PerAxis = number | readonly number[];

/**
 * A whole number per spatial axis.
 *
 * @throws {ValueError} `conv2d: expected stride to be 1 or 2 whole numbers of at least 1, got [1, 0].`
 */
export function perAxis(fn: string, name: string, value: PerAxis, rank: number, least: number): number[] {
  const values =
    typeof value === "number" ? Array.from({ length: rank }, () => value) : Array.isArray(value) ? [...value] : [];
  if (values.length !== rank || values.some((v) => !Number.isSafeInteger(v) || v < least)) {
    const count = rank === 1 ? "a whole number" : `1 or ${rank} whole numbers`;
    const got = Array.isArray(value) ? formatShape(value) : String(value);
    throw new ValueError(`${fn}: expected ${name} to be ${count} of at least ${least}, got ${got}.`);
  }
  return values;
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
