import type { Tensor } from "@tapegrad/tensor";
import { type Option, option, type OptionTable, ranges } from "@tapegrad/tensor/internal";

/** What becomes of the losses of the single elements. */
export type Reduction = "none" | "mean" | "sum";

/** Option of every loss; the dtype of its result is the promoted one of all floats that it is computed from. */
export interface ReductionOptions {
  /** "mean" and "sum" give a tensor of no axes, "none" keeps one loss per element or class index; "mean" unless given. */
  readonly reduction?: Reduction;
}

/** The row of the tables of options. */
export const reduction: Option<Reduction> = option(ranges.oneOf("none", "mean", "sum"), "mean");

/** Options of a loss that has no others. */
export const reductionTable: OptionTable<ReductionOptions> = { reduction };

/** Reduces one loss per element; the mean of none is NaN. */
export function reduce(losses: Tensor, by: Reduction): Tensor {
  if (by === "none") return losses;
  return by === "sum" ? losses.sum() : losses.mean();
}
