import { option, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { type AnyOptimizer, Schedule } from "./schedule.ts";

/** Options of {@link LinearLR}. */
export interface LinearLROptions {
  /** Factor at step 0: 0 begins with a rate of 0, above 1 above the base rate; 1/3 unless given. */
  readonly startFactor?: number;
  /** Factor from step `totalIters` on; 1 unless given. */
  readonly endFactor?: number;
  /** Steps between them; 5 unless given. */
  readonly totalIters?: number;
}

const table: OptionTable<LinearLROptions> = {
  startFactor: option(ranges.nonNegative, 1 / 3),
  endFactor: option(ranges.nonNegative, 1),
  totalIters: option(ranges.count, 5),
};

/**
 * Moves the rate along a line from one factor to another, then keeps it: the usual warm-up.
 *
 * `lr(t) = base · (startFactor + (endFactor − startFactor) · min(t, totalIters) / totalIters)`
 *
 * PyTorch, which multiplies the rate of the step before, allows no `startFactor` of 0 and no factors above 1.
 *
 * @throws {ValueError} for a negative factor or a `totalIters` that is no whole number ≥ 1
 * @example
 * const optimizer = new SGD([zeros([1])], { lr: 1 });
 * new LinearLR(optimizer, { startFactor: 0.5, totalIters: 4 }).moveTo(2);
 * optimizer.lr; // => 0.75
 */
export class LinearLR extends Schedule<LinearLROptions> {
  static override readonly name: string = "LinearLR";

  constructor(optimizer: AnyOptimizer, options: LinearLROptions = {}) {
    super("LinearLR", optimizer, options, table);
    this.begin();
  }

  override rate(baseLr: number, step: number): number {
    const { startFactor, endFactor, totalIters } = this.options;
    return baseLr * (startFactor + ((endFactor - startFactor) * Math.min(step, totalIters)) / totalIters);
  }
}
