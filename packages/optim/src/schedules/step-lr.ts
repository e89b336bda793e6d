import { count, expectNumber, nonNegative } from "../expect-number.ts";
import { type AnyOptimizer, Schedule } from "./schedule.ts";

/** Options of {@link StepLR}. */
export interface StepLROptions {
  /** Steps between decays. */
  readonly stepSize: number;
  /** Factor of each decay; 0.1 unless given. */
  readonly gamma?: number;
}

/**
 * Multiplies the rate by `gamma` every `stepSize` steps.
 *
 * `lr(t) = base · gamma^⌊t / stepSize⌋`
 *
 * @throws {ValueError} for a `stepSize` that is no whole number ≥ 1 or a negative `gamma`
 *
 * @example
 * const optimizer = new SGD([zeros([1])], { lr: 1 });
 * const schedule = new StepLR(optimizer, { stepSize: 2, gamma: 0.5 });
 * schedule.step();
 * schedule.step();
 * optimizer.lr; // => 0.5
 */
export class StepLR extends Schedule {
  readonly #stepSize: number;
  readonly #gamma: number;

  constructor(optimizer: AnyOptimizer, options: StepLROptions) {
    super("StepLR", optimizer, options, ["stepSize", "gamma"]);
    const { stepSize, gamma = 0.1 } = options;
    expectNumber("StepLR", "stepSize", stepSize, count);
    expectNumber("StepLR", "gamma", gamma, nonNegative);
    this.#stepSize = stepSize;
    this.#gamma = gamma;
    this.begin();
  }

  override rate(baseLr: number, step: number): number {
    return baseLr * this.#gamma ** Math.floor(step / this.#stepSize);
  }
}
