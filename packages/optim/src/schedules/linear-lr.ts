import { count, expectNumber, type NumberRange, unit } from "../expect-number.ts";
import { type AnyOptimizer, Schedule } from "./schedule.ts";

/** Options of {@link LinearLR}. */
export interface LinearLROptions {
  /** Factor at step 0, in (0, 1]; 1/3 unless given. */
  readonly startFactor?: number;
  /** Factor from step `totalIters` on, in [0, 1]; 1 unless given. */
  readonly endFactor?: number;
  /** Steps between them; 5 unless given. */
  readonly totalIters?: number;
}

const startRange: NumberRange = { text: "in (0, 1]", has: (v) => v > 0 && v <= 1 };

/**
 * Moves the rate along a line from one factor to another, then keeps it: the usual warm-up.
 *
 * `lr(t) = base · (startFactor + (endFactor − startFactor) · min(t, totalIters) / totalIters)`
 *
 * @throws {ValueError} for a factor outside its range or a `totalIters` that is no whole number ≥ 1
 *
 * @example
 * const optimizer = new SGD([zeros([1])], { lr: 1 });
 * new LinearLR(optimizer, { startFactor: 0.5, totalIters: 4 }).moveTo(2);
 * optimizer.lr; // => 0.75
 */
export class LinearLR extends Schedule {
  readonly #start: number;
  readonly #end: number;
  readonly #total: number;

  constructor(optimizer: AnyOptimizer, options: LinearLROptions = {}) {
    super("LinearLR", optimizer, options, ["startFactor", "endFactor", "totalIters"]);
    const { startFactor = 1 / 3, endFactor = 1, totalIters = 5 } = options;
    expectNumber("LinearLR", "startFactor", startFactor, startRange);
    expectNumber("LinearLR", "endFactor", endFactor, unit);
    expectNumber("LinearLR", "totalIters", totalIters, count);
    this.#start = startFactor;
    this.#end = endFactor;
    this.#total = totalIters;
    this.begin();
  }

  override rate(baseLr: number, step: number): number {
    return baseLr * (this.#start + ((this.#end - this.#start) * Math.min(step, this.#total)) / this.#total);
  }
}
