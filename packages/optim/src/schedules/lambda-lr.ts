import { expectValue, type OptionTable, ranges, required, type ValueRange } from "@tapegrad/tensor/internal";
import { checkPerGroup, rateOf } from "./per-group.ts";
import { type AnyOptimizer, Schedule } from "./schedule.ts";

/** A factor of the rate, for a number of steps taken. */
export type LrLambda = (step: number) => number;

/** Options of {@link LambdaLR}. */
export interface LambdaLROptions {
  /** The factor, one function for all groups or one each. */
  readonly lrLambda: LrLambda | readonly LrLambda[];
}

/** One function for all groups, or one for each. */
export const lambdas: ValueRange<LrLambda | readonly LrLambda[]> = ranges.orListOf(ranges.callable<LrLambda>());

const table: OptionTable<LambdaLROptions> = { lrLambda: required(lambdas) };

/**
 * Multiplies the base rate by a function of the number of steps taken.
 *
 * `lr(t) = base · lrLambda(t)`
 *
 * The function is no part of `stateDict`: give the same to a schedule that loads one.
 *
 * @throws {ValueError} unless there is one function, or one for each group, whose values are ≥ 0
 * @example
 * const optimizer = new SGD([zeros([1])], { lr: 1 });
 * const schedule = new LambdaLR(optimizer, { lrLambda: (t) => 1 / (1 + t) });
 * [0, 1, 3].map((step) => (schedule.moveTo(step), optimizer.lr)); // => [1, 0.5, 0.25]
 */
export class LambdaLR extends Schedule<LambdaLROptions> {
  static override readonly name: string = "LambdaLR";

  constructor(optimizer: AnyOptimizer, options: LambdaLROptions) {
    super("LambdaLR", optimizer, options, table);
    this.begin();
  }

  override checkStep(): void {
    checkPerGroup("LambdaLR", "lrLambda", this.optimizer, this.options.lrLambda);
  }

  override rate(baseLr: number, step: number, group: number): number {
    return baseLr * factorAt("LambdaLR", this.options.lrLambda, step, group);
  }
}

/**
 * What the function of a group says of a step.
 *
 * @throws {ValueError} `LambdaLR: expected lrLambda(3) ≥ 0, got NaN.`
 */
export function factorAt(fn: string, lrLambda: LrLambda | readonly LrLambda[], step: number, group: number): number {
  const factor = rateOf(lrLambda, group)(step);
  expectValue(fn, `lrLambda(${step})`, factor, ranges.nonNegative);
  return factor;
}
