import { ValueError } from "@tapegrad/tensor";
import { expectNumber, nonNegative, wholeNumber } from "../expect-number.ts";
import { type AnyOptimizer, Schedule } from "./schedule.ts";

/** Options of {@link MultiStepLR}. */
export interface MultiStepLROptions {
  /** Steps at which the rate decays; one that occurs twice decays twice. */
  readonly milestones: readonly number[];
  /** Factor of each decay; 0.1 unless given. */
  readonly gamma?: number;
}

/**
 * Multiplies the rate by `gamma` at each milestone.
 *
 * `lr(t) = base · gamma^(number of milestones ≤ t)`
 *
 * @throws {ValueError} for a milestone that is no whole number ≥ 0 or a negative `gamma`
 *
 * @example
 * const optimizer = new SGD([zeros([1])], { lr: 1 });
 * const schedule = new MultiStepLR(optimizer, { milestones: [1, 3], gamma: 0.5 });
 * schedule.moveTo(3);
 * optimizer.lr; // => 0.25
 */
export class MultiStepLR extends Schedule {
  readonly #milestones: readonly number[];
  readonly #gamma: number;

  constructor(optimizer: AnyOptimizer, options: MultiStepLROptions) {
    super("MultiStepLR", optimizer, options, ["milestones", "gamma"]);
    const { milestones, gamma = 0.1 } = options;
    if (!Array.isArray(milestones)) {
      throw new ValueError(`MultiStepLR: expected milestones as an array, got ${String(milestones)}.`);
    }
    for (const milestone of milestones) expectNumber("MultiStepLR", "milestones", milestone, wholeNumber);
    expectNumber("MultiStepLR", "gamma", gamma, nonNegative);
    this.#milestones = [...milestones];
    this.#gamma = gamma;
    this.begin();
  }

  override rate(baseLr: number, step: number): number {
    return baseLr * this.#gamma ** this.#milestones.filter((milestone) => milestone <= step).length;
  }
}
