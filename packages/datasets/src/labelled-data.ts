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

/** Images with a class each; `x` are rows of their pixels unless asked for otherwise. */
export interface LabelledImages extends LabelledData {
  /** The same pixels as images of one channel, float32 `[N, 1, rows, columns]`. */
  readonly images: Tensor;
  /** Rows and columns of an image. */
  readonly imageShape: readonly [number, number];
  /** Where the data is from and how it may be used. */
  readonly licence: string;
}

/** Puts samples and classes together. */
export function labelled(x: Tensor, y: Tensor, classes: readonly string[]): LabelledData {
  return { x, y, classes, dataset: new TensorDataset(x, y) };
}

/** "0", "1", ...: how classes without names are called. */
export function numbered(classes: number): string[] {
  return Array.from({ length: classes }, (_, index) => String(index));
}
