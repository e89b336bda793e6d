import { count, expectNumber, nonNegative } from "../expect-number.ts";
import { type AnyOptimizer, Schedule } from "./schedule.ts";

/** Options of {@link PolynomialLR}. */
export interface PolynomialLROptions {
  /** Steps until the rate is 0; 5 unless given. */
  readonly totalIters?: number;
  /** Exponent; 1 unless given. */
  readonly power?: number;
}

/**
 * Lowers the rate to 0 along a power of the steps left.
 *
 * `lr(t) = base · (1 − min(t, totalIters) / totalIters)^power`
 *
 * @throws {ValueError} for a `totalIters` that is no whole number ≥ 1 or a negative `power`
 *
 * @example
 * const optimizer = new SGD([zeros([1])], { lr: 1 });
 * new PolynomialLR(optimizer, { totalIters: 4, power: 2 }).moveTo(2);
 * optimizer.lr; // => 0.25
 */
export class PolynomialLR extends Schedule {
  readonly #total: number;
  readonly #power: number;

  constructor(optimizer: AnyOptimizer, options: PolynomialLROptions = {}) {
    super("PolynomialLR", optimizer, options, ["totalIters", "power"]);
    const { totalIters = 5, power = 1 } = options;
    expectNumber("PolynomialLR", "totalIters", totalIters, count);
    expectNumber("PolynomialLR", "power", power, nonNegative);
    this.#total = totalIters;
    this.#power = power;
    this.begin();
  }

  override rate(baseLr: number, step: number): number {
    return baseLr * (1 - Math.min(step, this.#total) / this.#total) ** this.#power;
  }
}
