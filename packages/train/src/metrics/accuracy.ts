import { assign, type Tensor, zeros } from "@tapegrad/tensor";
import { isFloat, settleState } from "@tapegrad/tensor/internal";
import type { Metric } from "./metric.ts";

/** State of {@link Accuracy}. */
export interface AccuracyState {
  readonly right: Tensor;
  readonly count: Tensor;
}

/** The part of the predictions that are right, in the form that the shapes ask for. */
export class Accuracy implements Metric {
  static readonly name: string = "Accuracy";
  readonly name: string = "accuracy";
  readonly #threshold: number;
  readonly #right: Tensor = zeros([], { dtype: "float64" });
  readonly #count: Tensor = zeros([], { dtype: "float64" });

  constructor(threshold: number = 0.5) {
    this.#threshold = threshold;
  }

  update(predictions: Tensor, target: Tensor): void {
    const right = this.#isRight(predictions, target).to("float64");
    assign(this.#right, this.#right.add(right.sum()));
    assign(this.#count, this.#count.add(right.size));
  }

  #isRight(predictions: Tensor, target: Tensor): Tensor {
    const classes = predictions.shape.at(-1) ?? 1;
    if (predictions.ndim < 2 || classes === 1) {
      return predictions.gt(this.#threshold).reshape(target.shape).to("int32").eq(target.to("int32"));
    }
    const chosen = predictions.argmax({ axis: 1 });
    const isOneHot = target.ndim === predictions.ndim && isFloat(target.dtype);
    return chosen.eq(isOneHot ? target.argmax({ axis: 1 }) : target.to("int32").reshape(chosen.shape));
  }

  result(): Tensor {
    return this.#right.div(this.#count);
  }

  reset(): void {
    assign(this.#right, zeros([], { dtype: "float64" }));
    assign(this.#count, zeros([], { dtype: "float64" }));
  }

  stateDict(): AccuracyState {
    return { right: this.#right.clone(), count: this.#count.clone() };
  }

  loadStateDict(given: AccuracyState): void {
    const { right, count } = settleState("Accuracy.loadStateDict", given);
    assign(this.#right, right);
    assign(this.#count, count);
  }
}
