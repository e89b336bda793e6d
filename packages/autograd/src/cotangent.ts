import { DTypeError, GradError, onesLike, ShapeError, ValueError } from "@tapegrad/tensor";
import type { Tensor } from "@tapegrad/tensor";
import {
  expectTensor,
  formatShape,
  isCompiledShape,
  isPlainObject,
  quoted,
  sameShape,
} from "@tapegrad/tensor/internal";

/**
 * The cotangent to start from: the given one, checked, or 1 for an output of one element.
 *
 * @throws {GradError | ShapeError | DTypeError} `backward: expected a cotangent of shape [2], got [3].`
 */
export function startingCotangent(fn: string, output: Tensor, cotangent: Tensor | undefined): Tensor {
  if (cotangent !== undefined) checkCotangent(fn, cotangent);
  const shape = formatShape(output.shape);
  if (!output.requiresGrad) throw notRecorded(fn, output);
  if (cotangent === undefined) {
    if (output.size === 1) return onesLike(output);
    throw new GradError(
      `${fn}: expected a cotangent or an output of one element, got an output of shape ${shape}. ` +
        "Pass a cotangent of that shape, or reduce to a scalar with sum() or mean().",
    );
  }
  if (!sameShape(cotangent.shape, output.shape)) {
    throw new ShapeError(`${fn}: expected a cotangent of shape ${shape}, got ${formatShape(cotangent.shape)}.`);
  }
  if (cotangent.dtype !== output.dtype) {
    throw new DTypeError(`${fn}: expected a cotangent of dtype ${output.dtype}, got ${cotangent.dtype}.`);
  }
  return cotangent;
}

function notRecorded(fn: string, { shape }: Tensor): GradError {
  const [got, hint] = isCompiledShape(shape)
    ? ["what a compiled function gave", `Call ${fn} inside the function that compile is given.`]
    : [
        "one that no recorded operation made",
        "Create its inputs with requiresGrad: true, and compute it outside noGrad.",
      ];
  return new GradError(`${fn}: expected an output that requires gradients, got ${got}. ${hint}`);
}

function checkCotangent(fn: string, cotangent: unknown): void {
  if (!isPlainObject(cotangent)) return expectTensor(fn, "cotangent", cotangent);
  throw new ValueError(
    `${fn}: expected cotangent to be a tensor, got ${quoted(cotangent)}. Options come after it: ${fn}(undefined, options).`,
  );
}
