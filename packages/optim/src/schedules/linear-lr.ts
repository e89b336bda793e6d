import { option, type OptionTable, ranges } from "@tapegrad/tensor/internal";
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

const table: OptionTable<LinearLROptions> = {
  startFactor: option(
    ranges.numbers("in (0, 1]", (x) => x > 0 && x <= 1),
    1 / 3,
  ),
  endFactor: option(ranges.unit, 1),
  totalIters: option(ranges.count, 5),
};

/**
 * Moves the rate along a line from one factor to another, then keeps it: the usual warm-up.
 *
 * `lr(t) = base · (startFactor + (endFactor − startFactor) · min(t, totalIters) / totalIters)`
 *
 * @throws {ValueError} for a factor outside its range or a `totalIters` that is no whole number ≥ 1
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
