import { option, type OptionTable, ranges, required } from "@tapegrad/tensor/internal";
import { type AnyOptimizer, Schedule } from "./schedule.ts";

/** Options of {@link CosineAnnealingLR}. */
export interface CosineAnnealingLROptions {
  /** Steps from the base rate to the smallest. */
  readonly tMax: number;
  /** Smallest rate; 0 unless given. */
  readonly etaMin?: number;
  /** Power of the falling cosine, which stays high for longer below 1; 1 unless given. */
  readonly exponent?: number;
}

const table: OptionTable<CosineAnnealingLROptions> = {
  tMax: required(ranges.count),
  etaMin: option(ranges.nonNegative, 0),
  exponent: option(ranges.positive, 1),
};

/**
 * Lowers the rate along half a cosine, and raises it again after `tMax` steps.
 *
 * `lr(t) = etaMin + (base − etaMin) · ((1 + cos(π·t / tMax)) / 2)^exponent`
 *
 * @throws {ValueError} for a `tMax` that is no whole number ≥ 1, a negative `etaMin` or an `exponent` that is not positive
 * @see Loshchilov and Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts (2016), https://arxiv.org/abs/1608.03983
 * @example
 * const optimizer = new SGD([zeros([1])], { lr: 1 });
 * new CosineAnnealingLR(optimizer, { tMax: 10 }).moveTo(10);
 * optimizer.lr; // => 0
 */
export class CosineAnnealingLR extends Schedule<CosineAnnealingLROptions> {
  static override readonly name: string = "CosineAnnealingLR";

  constructor(optimizer: AnyOptimizer, options: CosineAnnealingLROptions) {
    super("CosineAnnealingLR", optimizer, options, table);
    this.begin();
  }

  override rate(baseLr: number, step: number): number {
    const { tMax, etaMin, exponent } = this.options;
    return etaMin + (baseLr - etaMin) * ((1 + Math.cos((Math.PI * step) / tMax)) / 2) ** exponent;
  }
}
