import { option, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { type AnyOptimizer, Schedule } from "./schedule.ts";

/** Options of {@link PolynomialLR}. */
export interface PolynomialLROptions {
  /** Steps until the rate is 0; 5 unless given. */
  readonly totalIters?: number;
  /** Exponent; 1 unless given. */
  readonly power?: number;
}

const table: OptionTable<PolynomialLROptions> = {
  totalIters: option(ranges.count, 5),
  power: option(ranges.nonNegative, 1),
};

/**
 * Lowers the rate to 0 along a power of the steps left.
 *
 * `lr(t) = base · (1 − min(t, totalIters) / totalIters)^power`
 *
 * @throws {ValueError} for a `totalIters` that is no whole number ≥ 1 or a negative `power`
 * @example
 * const optimizer = new SGD([zeros([1])], { lr: 1 });
 * new PolynomialLR(optimizer, { totalIters: 4, power: 2 }).moveTo(2);
 * optimizer.lr; // => 0.25
 */
export class PolynomialLR extends Schedule<PolynomialLROptions> {
  static override readonly name: string = "PolynomialLR";

  constructor(optimizer: AnyOptimizer, options: PolynomialLROptions = {}) {
    super("PolynomialLR", optimizer, options, table);
    this.begin();
  }

  override rate(baseLr: number, step: number): number {
    const { totalIters, power } = this.options;
    return baseLr * (1 - Math.min(step, totalIters) / totalIters) ** power;
  }
}
