import { type OptionTable, ranges, required } from "@tapegrad/tensor/internal";
import { type AnyOptimizer, Schedule } from "./schedule.ts";

/** Options of {@link ExponentialLR}. */
export interface ExponentialLROptions {
  /** Factor per step. */
  readonly gamma: number;
}

const table: OptionTable<ExponentialLROptions> = {
  gamma: required(ranges.nonNegative),
};

/**
 * Multiplies the rate by `gamma` at every step.
 *
 * `lr(t) = base · gamma^t`
 *
 * @throws {ValueError} for a negative `gamma`
 * @example
 * const optimizer = new SGD([zeros([1])], { lr: 1 });
 * new ExponentialLR(optimizer, { gamma: 0.5 }).moveTo(3);
 * optimizer.lr; // => 0.125
 */
export class ExponentialLR extends Schedule<ExponentialLROptions> {
  static override readonly name: string = "ExponentialLR";

  constructor(optimizer: AnyOptimizer, options: ExponentialLROptions) {
    super("ExponentialLR", optimizer, options, table);
    this.begin();
  }

  override rate(baseLr: number, step: number): number {
    return baseLr * this.options.gamma ** step;
  }
}
