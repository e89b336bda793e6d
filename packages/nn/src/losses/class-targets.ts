import { DTypeError, ShapeError, type Tensor, ValueError } from "@tapegrad/tensor";
import { formatShape, knownData, sameShape } from "@tapegrad/tensor/internal";
import { checkFloat } from "./check-target.ts";

/** Position of the class axis: 1, or 0 where there is no batch. */
export function classAxis(fn: string, input: Tensor): 0 | 1 {
  checkFloat(fn, "input", input);
  if (input.ndim === 0) throw new ShapeError(`${fn}: expected input of shape [C] or [N, C, ...], got [].`);
  const axis = input.ndim === 1 ? 0 : 1;
  if (input.shape[axis] === 0) {
    throw new ShapeError(`${fn}: expected at least one class, got input of shape ${formatShape(input.shape)}.`);
  }
  return axis;
}

/**
 * Checks class indices: int32, the input's shape without the class axis, each in range or ignored.
 *
 * @returns whether some index may be `ignoreIndex`; always true while a function is traced
 * @throws {DTypeError} if the target is not int32
 * @throws {ShapeError} if its shape does not fit
 * @throws {ValueError} `crossEntropy: expected class indices in [0, 3), got 3.`
 */
export function checkClassIndices(fn: string, input: Tensor, target: Tensor, ignoreIndex: number): boolean {
  const axis = classAxis(fn, input);
  const classes = input.shape[axis]!;
  const want = input.shape.filter((_, i) => i !== axis);
  if (target.dtype !== "int32") {
    throw new DTypeError(
      `${fn}: expected class indices of dtype int32 and shape ${formatShape(want)}, ` +
        `got ${target.dtype} of shape ${formatShape(target.shape)}. Convert them with to("int32").`,
    );
  }
  if (!sameShape(target.shape, want)) {
    throw new ShapeError(
      `${fn}: expected class indices of shape ${formatShape(want)}, got ${formatShape(target.shape)}.`,
    );
  }
  const data = knownData(target);
  if (data === undefined) return true;
  let ignores = false;
  for (let i = 0; i < data.length; i++) {
    const index = data[i]!;
    if (index === ignoreIndex) ignores = true;
    else if (index < 0 || index >= classes) {
      throw new ValueError(`${fn}: expected class indices in [0, ${classes}), got ${index}.`);
    }
  }
  return ignores;
}

/**
 * Throws unless there is one weight per class.
 *
 * @throws {ShapeError} `crossEntropy: expected one weight for each of 4 classes, got shape [3].`
 */
export function checkClassWeight(fn: string, weight: Tensor, classes: number): void {
  checkFloat(fn, "weight", weight);
  if (weight.ndim !== 1 || weight.size !== classes) {
    throw new ShapeError(
      `${fn}: expected one weight for each of ${classes} classes, got shape ${formatShape(weight.shape)}.`,
    );
  }
}

/** One weight per class, shaped to broadcast along the class axis of the input. */
export function alignToClasses(weight: Tensor, input: Tensor, axis: number): Tensor {
  return weight.reshape(input.shape.map((extent, i) => (i === axis ? extent : 1)));
}
