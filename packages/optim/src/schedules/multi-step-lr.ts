import { option, type OptionTable, ranges, required } from "@tapegrad/tensor/internal";
import { type AnyOptimizer, Schedule } from "./schedule.ts";

/** Options of {@link MultiStepLR}. */
export interface MultiStepLROptions {
  /** Steps at which the rate decays; one that occurs twice decays twice. */
  readonly milestones: readonly number[];
  /** Factor of each decay; 0.1 unless given. */
  readonly gamma?: number;
}

const table: OptionTable<MultiStepLROptions> = {
  milestones: required(ranges.listOf(ranges.whole(0))),
  gamma: option(ranges.nonNegative, 0.1),
};

/**
 * Multiplies the rate by `gamma` at each milestone.
 *
 * `lr(t) = base · gamma^(number of milestones ≤ t)`
 *
 * @throws {ValueError} for a milestone that is no whole number ≥ 0 or a negative `gamma`
 * @example
 * const optimizer = new SGD([zeros([1])], { lr: 1 });
 * const schedule = new MultiStepLR(optimizer, { milestones: [1, 3], gamma: 0.5 });
 * schedule.moveTo(3);
 * optimizer.lr; // => 0.25
 */
export class MultiStepLR extends Schedule<MultiStepLROptions> {
  static override readonly name: string = "MultiStepLR";

  constructor(optimizer: AnyOptimizer, options: MultiStepLROptions) {
    super("MultiStepLR", optimizer, options, table);
    this.begin();
  }

  override rate(baseLr: number, step: number): number {
    const { milestones, gamma } = this.options;
    return baseLr * gamma ** milestones.filter((milestone) => milestone <= step).length;
  }
}
