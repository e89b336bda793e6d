import { DTypeError, ShapeError, type Tensor, where } from "@tapegrad/tensor";
import { formatShape, iota } from "@tapegrad/tensor/internal";
import { checkVector } from "../module/check-vector.ts";
import { checkFloat } from "./check-target.ts";

/** Embeddings `[N, D]` and their labels `[N]`, by the names of the arguments. */
export type Labelled = readonly [embeddingsName: string, embeddings: Tensor, labelsName: string, labels: Tensor];

/** Throws unless there is a label for each of the embeddings, which have `features` features if they are given. */
export function checkLabelled(fn: string, [name, embeddings, labelsName, labels]: Labelled, features?: number): void {
  checkFloat(fn, name, embeddings);
  const [count, length] = embeddings.shape;
  if (count === undefined || embeddings.ndim !== 2 || (features !== undefined && length !== features)) {
    throw new ShapeError(
      `${fn}: expected ${name} of shape [N, ${features ?? "D"}], got ${formatShape(embeddings.shape)}.`,
    );
  }
  if (labels.dtype !== "int32") {
    throw new DTypeError(
      `${fn}: expected ${labelsName} of dtype int32, got ${labels.dtype}. Convert them with to("int32").`,
    );
  }
  checkVector(fn, labelsName, labels, [count]);
}

/** Which pairs have one label, `[N, M]`. */
export function sameLabels(labels: Tensor, others: Tensor): Tensor {
  return labels.unsqueeze(1).eq(others);
}

/** All pairs `[N, M]` but those of a sample and itself. */
export function offDiagonal(count: number, others: number): Tensor {
  return iota([count, 1], 0).ne(iota([1, others], 1));
}

/** In place of −∞, which has no gradient: far below any score. */
const never = -1e30;

/** `log Σ exp(x)` of what is chosen of each row, `[N]`; hardly different from −∞ where nothing is, with gradient 0. */
export function logSumOfChosen(x: Tensor, chosen: Tensor): Tensor {
  return where(chosen, x, never).logSumExp({ axis: 1 });
}
