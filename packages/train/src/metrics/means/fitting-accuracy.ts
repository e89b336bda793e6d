import { BCELoss, BCEWithLogitsLoss, functional, HingeLoss, SquaredHingeLoss } from "@tapegrad/nn";
import type { Tensor } from "@tapegrad/tensor";
import { sameShape } from "@tapegrad/tensor/internal";
import { paired } from "../paired.ts";
import { AveragedMetric } from "./averaged-metric.ts";
import { classesOf, isAmongHighest } from "./class-scores.ts";

/** Losses of a yes or no, and above what an output that is trained by them is a yes. */
const thresholds: readonly (readonly [loss: unknown, Layer: unknown, threshold: number])[] = [
  [functional.binaryCrossEntropy, BCELoss, 0.5],
  [functional.binaryFocalCrossEntropy, undefined, 0.5],
  [functional.binaryCrossEntropyWithLogits, BCEWithLogitsLoss, 0],
  [functional.hingeLoss, HingeLoss, 0],
  [functional.squaredHingeLoss, SquaredHingeLoss, 0],
];

/**
 * What the word "accuracy" means for a model: of a yes or no, element by element, if the loss is one of those or the
 * output has no classes; else of the class with the highest score, along axis 1, be the target one-hot or a class.
 */
export class FittingAccuracy extends AveragedMetric {
  static override readonly name: string = "Accuracy";

  readonly #threshold: number | undefined;

  /** @param loss the function or layer that trains the output, if it is known */
  constructor(loss?: unknown) {
    super("accuracy");
    const found = thresholds.find(
      ([fn, Layer]) => loss === fn || (Layer !== undefined && (loss as object | undefined)?.constructor === Layer),
    );
    this.#threshold = found?.[2];
  }

  protected override values(fn: string, predictions: Tensor, target: Tensor): Tensor {
    if (this.#threshold !== undefined || predictions.ndim < 2 || predictions.shape.at(-1) === 1) {
      const [p, t] = paired(fn, predictions, target);
      // A no is 0 or −1.
      return p.gt(this.#threshold ?? 0.5).eq(t.ge(0.5));
    }
    if (sameShape(predictions.shape, target.shape)) {
      return isAmongHighest(predictions, classesOf(fn, predictions, target), 1);
    }
    const isColumn = target.ndim === predictions.ndim && target.shape.at(-1) === 1;
    return isAmongHighest(predictions, (isColumn ? target.squeeze(-1) : target).to("int32"), 1);
  }
}
