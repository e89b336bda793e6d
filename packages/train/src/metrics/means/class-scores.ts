import { metrics } from "@tapegrad/nn";
import { ShapeError, type Tensor } from "@tapegrad/tensor";
import { formatShape, sameShape } from "@tapegrad/tensor/internal";

/** Where classes lie: axis 1, or 0 where there is no batch. */
function classAxis({ ndim }: Tensor): 0 | 1 {
  return ndim === 1 ? 0 : 1;
}

/** The classes of a target that is one-hot, or has probabilities, in the shape of the scores. */
export function classesOf(fn: string, scores: Tensor, target: Tensor): Tensor {
  if (scores.ndim === 0 || !sameShape(scores.shape, target.shape)) {
    throw new ShapeError(
      `${fn}: expected scores [C] or [N, C, ...] and a one-hot target of that shape, got ${formatShape(scores.shape)} and ` +
        `${formatShape(target.shape)}. Of classes, int32, take the sparse metric.`,
    );
  }
  return target.argmax({ axis: classAxis(scores) });
}

/** 1 where the target is among the `topK` highest scores, else 0. */
export function isAmongHighest(scores: Tensor, target: Tensor, topK: number): Tensor {
  return metrics.accuracy(scores, target, { topK, reduction: "none" });
}
