import { option, type OptionTable, settleOptions } from "../options/option-table.ts";
import { shapeRange } from "../options/ranges.ts";
import { checkShape, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type DrawOptions, drawTable } from "./distributions.ts";
import { checkLogits, drawByWeight, expectClasses } from "./draw-by-weight.ts";

/** Options of {@link categorical}. */
export interface CategoricalOptions extends DrawOptions {
  /** How many to draw of each row: axes in front of the result. One unless given, without an axis. */
  readonly shape?: Shape;
}

const table: OptionTable<CategoricalOptions> = { shape: option<Shape>(shapeRange, []), ...drawTable };

/**
 * Draws classes with the probabilities `softmax(logits)`: one of each row, or as many as `shape` says.
 *
 * `multinomial` is the same from weights, and draws without replacement too; `distributions.Categorical` also knows
 * log-probabilities.
 *
 * @param logits `[..., classes]`; −∞ rules a class out
 * @returns int32 `[...shape, ...]`
 * @throws {ValueError} for a row whose largest logit is not finite
 * @example
 * categorical(tensor([[0, -Infinity], [-Infinity, 0]])).toArray(); // => [0, 1]
 * categorical(tensor([0, 1, 2]), { shape: [5] }).shape; // => [5]
 */
export function categorical(logits: Tensor, options: CategoricalOptions = {}): Tensor {
  const { shape, generator } = settleOptions("categorical", options, table);
  expectClasses("categorical", "logits", logits);
  checkShape("categorical", shape);
  checkLogits("categorical", logits);
  const wide = logits.detach().to("float64");
  return drawByWeight(wide.sub(wide.max({ axis: -1, keepDims: true })).exp(), shape, generator);
}
