import { ShapeError, type Tensor } from "@tapegrad/tensor";
import { formatShape, sameShape } from "@tapegrad/tensor/internal";

/**
 * Predictions and target in one shape; one that only lacks a last axis of extent 1 gets it taken from the other.
 *
 * @throws {ShapeError} if they differ otherwise
 */
export function paired(fn: string, predictions: Tensor, target: Tensor): readonly [Tensor, Tensor] {
  if (sameShape(predictions.shape, target.shape)) return [predictions, target];
  if (sameShape(predictions.shape, [...target.shape, 1])) return [predictions.squeeze(-1), target];
  if (sameShape([...predictions.shape, 1], target.shape)) return [predictions, target.squeeze(-1)];
  throw new ShapeError(
    `${fn}: expected predictions and target of one shape, got ${formatShape(predictions.shape)} and ` +
      `${formatShape(target.shape)}.`,
  );
}
