import { type Tensor, ValueError } from "@tapegrad/tensor";

/** What becomes of the losses of the single elements. */
export type Reduction = "none" | "mean" | "sum";

/** Option of every loss. */
export interface ReductionOptions {
  /** "none" keeps one loss per element; "mean" unless given. */
  readonly reduction?: Reduction;
}

const reductions: readonly string[] = ["none", "mean", "sum"] satisfies readonly Reduction[];

/**
 * Throws unless the reduction is one that the loss knows.
 *
 * @throws {ValueError} `mseLoss: expected reduction none, mean or sum, got average.`
 */
export function checkReduction(fn: string, reduction: unknown, allowed: readonly string[] = reductions): void {
  if (typeof reduction !== "string" || !allowed.includes(reduction)) {
    const names = `${allowed.slice(0, -1).join(", ")} or ${allowed.at(-1)}`;
    throw new ValueError(`${fn}: expected reduction ${names}, got ${String(reduction)}.`);
  }
}

/** Reduces one loss per element; the mean of none is NaN. */
export function reduce(losses: Tensor, reduction: Reduction): Tensor {
  if (reduction === "none") return losses;
  return reduction === "sum" ? losses.sum() : losses.mean();
}
