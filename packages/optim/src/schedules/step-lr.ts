import { option, type OptionTable, ranges, required } from "@tapegrad/tensor/internal";
import { type AnyOptimizer, Schedule } from "./schedule.ts";

/** Options of {@link StepLR}. */
export interface StepLROptions {
  /** Steps between decays. */
  readonly stepSize: number;
  /** Factor of each decay; 0.1 unless given. */
  readonly gamma?: number;
}

const table: OptionTable<StepLROptions> = {
  stepSize: required(ranges.count),
  gamma: option(ranges.nonNegative, 0.1),
};

/**
 * Multiplies the rate by `gamma` every `stepSize` steps.
 *
 * `lr(t) = base · gamma^⌊t / stepSize⌋`
 *
 * @throws {ValueError} for a `stepSize` that is no whole number ≥ 1 or a negative `gamma`
 * @example
 * const optimizer = new SGD([zeros([1])], { lr: 1 });
 * const schedule = new StepLR(optimizer, { stepSize: 2, gamma: 0.5 });
 * schedule.step();
 * schedule.step();
 * optimizer.lr; // => 0.5
 */
export class StepLR extends Schedule<StepLROptions> {
  static override readonly name: string = "StepLR";

  constructor(optimizer: AnyOptimizer, options: StepLROptions) {
    super("StepLR", optimizer, options, table);
    this.begin();
  }

  override rate(baseLr: number, step: number): number {
    const { stepSize, gamma } = this.options;
    return baseLr * gamma ** Math.floor(step / stepSize);
  }
}
