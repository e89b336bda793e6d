import { option, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { type AnyOptimizer, Schedule } from "./schedule.ts";

/** Options of {@link ConstantLR}. */
export interface ConstantLROptions {
  /** Factor of the first steps, in [0, 1]; 1/3 unless given. */
  readonly factor?: number;
  /** How many steps they are; 5 unless given. */
  readonly totalIters?: number;
}

const table: OptionTable<ConstantLROptions> = {
  factor: option(ranges.unit, 1 / 3),
  totalIters: option(ranges.count, 5),
};

/**
 * Lowers the rate by a factor for the first steps.
 *
 * `lr(t) = base · factor` for `t < totalIters`, `base` afterwards
 *
 * @throws {ValueError} for a factor outside [0, 1] or a `totalIters` that is no whole number ≥ 1
 * @example
 * const optimizer = new SGD([zeros([1])], { lr: 1 });
 * new ConstantLR(optimizer, { factor: 0.5 });
 * optimizer.lr; // => 0.5
 */
export class ConstantLR extends Schedule<ConstantLROptions> {
  static override readonly name: string = "ConstantLR";

  constructor(optimizer: AnyOptimizer, options: ConstantLROptions = {}) {
    super("ConstantLR", optimizer, options, table);
    this.begin();
  }

  override rate(baseLr: number, step: number): number {
    const { factor, totalIters } = this.options;
    return step < totalIters ? baseLr * factor : baseLr;
  }
}
