import { DTypeError, ShapeError, type Tensor, ValueError } from "@tapegrad/tensor";
import { formatShape, isFloat, knownData, sameShape } from "@tapegrad/tensor/internal";

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
 * Throws if some value does not belong; does nothing while a function is traced, when there are no values yet.
 *
 * @param accepts whether a value belongs; `expected` says the same in words
 */
export function checkValues(fn: string, expected: string, tensor: Tensor, accepts: (value: number) => boolean): void {
  const data = knownData(tensor);
  if (data === undefined) return;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (!accepts(value)) throw new ValueError(`${fn}: expected ${expected}, got ${value}.`);
  }
}

/** Throws unless every target is 1 or −1. */
export function checkPlusMinusOne(fn: string, target: Tensor): void {
  checkValues(fn, "targets 1 or -1", target, (value) => value === 1 || value === -1);
}
