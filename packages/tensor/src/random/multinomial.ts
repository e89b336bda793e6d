import { ValueError } from "../errors.ts";
import { topk } from "../functions/selection.ts";
import { option, type OptionTable, settleOptions } from "../options/option-table.ts";
import { count as countRange, flag } from "../options/ranges.ts";
import { expectValue } from "../options/value-range.ts";
import { expectElements } from "../tensor/expect-elements.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type DrawOptions, drawTable, rand } from "./distributions.ts";
import { checkedWeights, drawByWeight, expectClasses } from "./draw-by-weight.ts";
import type { Generator } from "./generator.ts";

/** Options of {@link multinomial}. */
export interface MultinomialOptions extends DrawOptions {
  /** Whether a class may be drawn again; false unless given. */
  readonly replacement?: boolean;
}

const table: OptionTable<MultinomialOptions> = { replacement: option(flag, false), ...drawTable };

/**
 * Draws `count` classes of each row with probabilities in proportion to its weights, which need not add up to 1. Without
 * replacement each draw is one among the classes that are left, in proportion to their weights; the result is in the
 * order of the draws. A class of weight 0 is never drawn.
 *
 * @param probabilities weights, `[..., classes]`
 * @param count how many to draw of each row
 * @returns int32 `[..., count]`
 * @throws {ValueError} for weights that are negative, NaN or infinite, a row of zeros, or, without replacement, fewer weights above 0
 * than `count`; also in a compiled function
 * @see Efraimidis and Spirakis 2006, https://doi.org/10.1016/j.ipl.2005.11.003 (draws without replacement)
 * @example
 * multinomial(tensor([[0, 3, 0], [1, 0, 0]]), 2, { replacement: true }).toArray(); // => [[1, 1], [0, 0]]
 * multinomial(tensor([0.5, 0, 0.5]), 2).sum().item(); // => 2
 */
export function multinomial(probabilities: Tensor, count: number, options: MultinomialOptions = {}): Tensor {
  const { replacement, generator } = settleOptions("multinomial", options, table);
  expectClasses("multinomial", "probabilities", probabilities);
  expectValue("multinomial", "count", count, countRange);
  const weights = checkedWeights("multinomial", "probabilities", probabilities);
  // A single draw has nothing to put back, and needs no order of all classes.
  if (!replacement && count > 1) return withoutReplacement(weights, count, generator);
  const drawn = drawByWeight(weights, [count], generator);
  return drawn.permute([...weights.shape.keys()].slice(1).concat(0)); // [..., count]
}

/** The classes whose exponential waiting times, each at the rate of its weight, are the shortest. */
function withoutReplacement(weights: Tensor, count: number, generator: Generator | undefined): Tensor {
  const classes = weights.shape.at(-1)!;
  const error = (got: number): ValueError =>
    new ValueError(
      `multinomial: expected at least ${count} probabilities > 0 in each row to draw as many without replacement, got ${got}.`,
    );
  if (count > classes) throw error(classes);
  expectElements(weights.gt(0).sum({ axis: -1 }), { within: [[count, classes]], error });
  const uniform = rand(weights.shape, { dtype: "float64", generator });
  // Of the logarithms, since a time divided by a tiny weight may be too large for a number.
  const times = uniform.neg().log1p().neg().log().sub(weights.log());
  return topk(times, count, { largest: false }).indices;
}
