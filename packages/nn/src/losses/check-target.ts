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
 * Throws if some value does not belong.
 *
 * @param expected what `allowed` says, in words
 */
export function checkValues(
  fn: string,
  expected: string,
  tensor: Tensor,
  allowed: Pick<Expectation, "within" | "orNaN">,
): void {
  expectElements(tensor, {
    ...allowed,
    error: (value) => new ValueError(`${fn}: expected ${expected}, got ${value}.`),
  });
}

/** Throws if some value is NaN. */
export function checkNumbers(fn: string, expected: string, tensor: Tensor): void {
  checkValues(fn, expected, tensor, { within: [[-Infinity, Infinity]] });
}

/** Throws unless every target is 1 or −1. */
export function checkPlusMinusOne(fn: string, target: Tensor): void {
  const within = [[1, 1], [-1, -1]] as const; // prettier-ignore
  checkValues(fn, "targets 1 or -1", target, { within });
}
