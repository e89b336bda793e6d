import type { Tensor } from "@tapegrad/tensor";
import { functionOrWord, ranges, type ValueRange, type Word } from "@tapegrad/tensor/internal";

/** The penalty of a weight, a tensor of no axes that is added to the loss. */
export type RegularizerFunction = (weight: Tensor) => Tensor;

const names = {
  l1: "l1",
  l2: "l2",
  l1l2: "l1l2",
  orthogonal: "orthogonal",
  orthogonalRegularizer: "orthogonal",
} as const;

/** Functions in `regularizers`, by which a name stands for what they give by themselves. */
export type RegularizerKind = (typeof names)[keyof typeof names];

/** Name of a regulariser with its standard options: of a function in `regularizers`, or Keras' word. */
export type RegularizerName = Word<keyof typeof names> | "l1_l2";

/** A function from a weight to its penalty, or the name of one. */
export type Regularizer = RegularizerName | RegularizerFunction;

/** What an option that is a regulariser may be; whether a word is known, {@link checkedRegularizer} says. */
export const regularizer: ValueRange<Regularizer> = ranges.functionOrName();

/**
 * A regulariser as it is kept.
 *
 * @param fn name of the function that was called, for the messages
 * @throws {ValueError} for an unknown name, with all that are allowed
 */
export function checkedRegularizer(
  fn: string,
  given: Regularizer | undefined,
): RegularizerKind | RegularizerFunction | undefined {
  return given === undefined
    ? undefined
    : functionOrWord<RegularizerKind, RegularizerFunction>(fn, "regularizer", given, names);
}
