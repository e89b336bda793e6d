import { ValueError } from "@tapegrad/tensor";

/** A set of numbers and its name in messages. */
export interface NumberRange {
  readonly text: string;
  readonly has: (value: number) => boolean;
}

export const nonNegative: NumberRange = { text: "≥ 0", has: (v) => v >= 0 && v < Infinity };
export const positive: NumberRange = { text: "> 0", has: (v) => v > 0 && v < Infinity };
export const fraction: NumberRange = { text: "in [0, 1)", has: (v) => v >= 0 && v < 1 };
export const unit: NumberRange = { text: "in [0, 1]", has: (v) => v >= 0 && v <= 1 };
export const finite: NumberRange = { text: "to be finite", has: Number.isFinite };
export const count: NumberRange = { text: "to be a whole number ≥ 1", has: (v) => Number.isInteger(v) && v >= 1 };
export const wholeNumber: NumberRange = { text: "to be a whole number ≥ 0", has: (v) => Number.isInteger(v) && v >= 0 };

/**
 * Throws unless the option is a number in the range.
 *
 * @throws {ValueError} `Adam: expected lr ≥ 0, got -1.`
 */
export function expectNumber(fn: string, name: string, value: unknown, range: NumberRange): void {
  if (typeof value !== "number" || !range.has(value)) {
    throw new ValueError(`${fn}: expected ${name} ${range.text}, got ${String(value)}.`);
  }
}
