import { DTypeError, ShapeError, type Tensor, ValueError } from "@tapegrad/tensor";
import { type Expectation, expectElements, formatShape, isFloat, sameShape } from "@tapegrad/tensor/internal";

/**
 * Throws unless the target has the shape of the input. There is no broadcasting: `[N, 1]` against `[N]` is a mistake.
 *
 * @param name what the second tensor is, if it is no target
 */
export function checkSameShape(fn: string, input: Tensor, target: Tensor, name = "target"): void {
  if (sameShape(input.shape, target.shape)) return;
  throw new ShapeError(
    `${fn}: expected a ${name} of shape ${formatShape(input.shape)}, got ${formatShape(target.shape)}.`,
  );
}

/** Throws unless the tensor is float32 or float64. */
export function checkFloat(fn: string, name: string, tensor: Tensor): void {
  if (!isFloat(tensor.dtype)) {
    throw new DTypeError(`${fn}: expected ${name} of dtype float32 or float64, got ${tensor.dtype}.`);
  }
}

/** Throws unless the weight, if there is one, broadcasts to the shape of the input without enlarging it. */
export function checkBroadcast(fn: string, name: string, weight: Tensor | undefined, input: Tensor): void {
  if (weight === undefined) return;
  const offset = input.ndim - weight.ndim;
  if (offset < 0 || weight.shape.some((extent, axis) => extent !== 1 && extent !== input.shape[axis + offset])) {
    throw new ShapeError(
      `${fn}: expected a ${name} that broadcasts to ${formatShape(input.shape)}, got ${formatShape(weight.shape)}.`,
    );
  }
}

/**
 * Throws if some value lies in none of the ranges, ends included.
 *
 * @param expected what `within` says, in words
 * @param orNaN whether NaN belongs as well
 */
export function checkValues(
  fn: string,
  expected: string,
  tensor: Tensor,
  within: Expectation["within"],
  orNaN = false,
): void {
  const error = (value: number): ValueError => new ValueError(`${fn}: expected ${expected}, got ${value}.`);
  expectElements(tensor, { within, orNaN, error });
}

/** Throws if some value is NaN. */
export function checkNumbers(fn: string, expected: string, tensor: Tensor): void {
  checkValues(fn, expected, tensor, [[-Infinity, Infinity]]);
}

/** Throws unless every target is 1 or −1. */
export function checkPlusMinusOne(fn: string, target: Tensor): void {
  checkValues(fn, "targets 1 or -1", target, [[1, 1], [-1, -1]]); // prettier-ignore
}
