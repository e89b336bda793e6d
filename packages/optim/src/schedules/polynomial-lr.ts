import { option, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { type AnyOptimizer, Schedule } from "./schedule.ts";

/** Options of {@link PolynomialLR}. */
export interface PolynomialLROptions {
  /** Steps until the last rate; 5 unless given. */
  readonly totalIters?: number;
  /** Exponent; 1 unless given. */
  readonly power?: number;
  /** The last rate; 0 unless given. */
  readonly endLr?: number;
  /** Begin again, whenever the last rate is reached, with as many more steps until then; false unless given. */
  readonly cycle?: boolean;
}

const table: OptionTable<PolynomialLROptions> = {
  totalIters: option(ranges.count, 5),
  power: option(ranges.nonNegative, 1),
  endLr: option(ranges.nonNegative, 0),
  cycle: option(ranges.flag, false),
};

/**
 * Moves the rate to a last one, 0 unless given, along a power of the steps left.
 *
 * `lr(t) = endLr + (base − endLr) · (1 − min(t, T) / T)^power` with `T = totalIters`, or with `cycle`
 * `T = totalIters · max(1, ⌈t / totalIters⌉)`
 *
 * @throws {ValueError} for a `totalIters` that is no whole number ≥ 1 or a negative `power` or `endLr`
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
    const { totalIters, power, endLr, cycle } = this.options;
    const length = cycle ? totalIters * Math.max(1, Math.ceil(step / totalIters)) : totalIters;
    return endLr + (baseLr - endLr) * (1 - Math.min(step, length) / length) ** power;
  }
}
