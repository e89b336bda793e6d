import { option, type Option, ranges } from "@tapegrad/tensor/internal";

/** Option of what prunes by scores. */
export interface AmountOptions {
  /**
   * What the amount is a part of: what is not pruned yet, or all, so that it is what is pruned in the end. "remaining" unless
   * given, as in PyTorch.
   */
  readonly of?: "remaining" | "all";
}

/** The row of the tables of options. */
export const amountOf: Option<"remaining" | "all"> = option(ranges.oneOf("remaining", "all"), "remaining");

/** A half goes to the even number, as in Python. */
function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

/**
 * Which units stay when `amount` of them is pruned, 1 or 0: those of the lowest scores go, of equal ones the first. NaN counts
 * as largest.
 *
 * @param kept which units are there, as numbers other than 0; the others are pruned already
 */
export function withoutLowest(
  scores: ArrayLike<number>,
  kept: ArrayLike<number>,
  amount: number,
  of: "remaining" | "all",
): Float64Array {
  const total = scores.length;
  const score = (i: number): number => (Number.isNaN(scores[i]) ? Infinity : scores[i]!);
  const stay = Float64Array.from({ length: total }, (_, i) => Number(kept[i] !== 0));
  const candidates = Float64Array.from({ length: total }, (_, i) => score(i)).filter((_, i) => stay[i] === 1);
  const share = of === "all" ? total : candidates.length;
  const count = roundHalfEven(amount * share) - (share - candidates.length);
  if (count <= 0) return stay;
  candidates.sort();
  const limit = candidates[count - 1]!;
  let ties = count - candidates.indexOf(limit);
  for (let i = 0; i < total; i++) {
    if (stay[i] === 1 && (score(i) < limit || (score(i) === limit && ties-- > 0))) stay[i] = 0;
  }
  return stay;
}
