import { TensorDataset } from "@tapegrad/data";
import type { Tensor } from "@tapegrad/tensor";

/** Samples with a class each. */
export interface LabelledData {
  /** Samples, float32 `[N, features]`. */
  readonly x: Tensor;
  /** Classes from 0, int32 `[N]`. */
  readonly y: Tensor;
  /** Names of the classes; `classes[y]` is the name of class `y`. */
  readonly classes: readonly string[];
  /** `x` and `y` as a data set of pairs, ready to split and load. */
  readonly dataset: TensorDataset<[Tensor, Tensor]>;
}

/** Puts samples and classes together; without names the classes are called "0", "1", ... */
export function labelled(x: Tensor, y: Tensor, classes: number): LabelledData {
  return {
    x,
    y,
    classes: Array.from({ length: classes }, (_, index) => String(index)),
    dataset: new TensorDataset(x, y),
  };
}
