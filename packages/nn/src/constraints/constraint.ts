import type { Tensor } from "@tapegrad/tensor";
import { functionOrWord, ranges, type ValueRange, type Word } from "@tapegrad/tensor/internal";

/** What becomes of a weight after an update: a tensor of its shape and dtype. */
export type ConstraintFunction = (weight: Tensor) => Tensor;

const names = {
  maxNorm: "maxNorm",
  nonNeg: "nonNeg",
  unitNorm: "unitNorm",
  minMaxNorm: "minMaxNorm",
} as const;

/** Functions in `constraints`, by which a name stands for what they give by themselves. */
export type ConstraintKind = (typeof names)[keyof typeof names];

/** Name of a constraint with its standard options: of a function in `constraints`, or Keras' word. */
export type ConstraintName = Word<keyof typeof names>;

/** A function from a weight to what it shall be instead, or the name of one. */
export type Constraint = ConstraintName | ConstraintFunction;

/** What an option that is a constraint may be; whether a word is known, {@link checkedConstraint} says. */
export const constraint: ValueRange<Constraint> = ranges.functionOrName();

/**
 * A constraint as it is kept.
 *
 * @param fn name of the function that was called, for the messages
 * @throws {ValueError} for an unknown name, with all that are allowed
 */
export function checkedConstraint(
  fn: string,
  given: Constraint | undefined,
): ConstraintKind | ConstraintFunction | undefined {
  return given === undefined
    ? undefined
    : functionOrWord<ConstraintKind, ConstraintFunction>(fn, "constraint", given, names);
}
