import { count, expectNumber, nonNegative } from "../expect-number.ts";
import { type AnyOptimizer, Schedule } from "./schedule.ts";

/** Options of {@link CosineAnnealingWarmRestarts}. */
export interface CosineAnnealingWarmRestartsOptions {
  /** Steps until the first restart. */
  readonly t0: number;
  /** Whole factor by which each period is longer than the one before; 1 unless given. */
  readonly tMult?: number;
  /** Smallest rate; 0 unless given. */
  readonly etaMin?: number;
}

/**
 * Lowers the rate along half a cosine and starts again at the base rate after each period.
 *
 * `lr = etaMin + (base − etaMin) · (1 + cos(π·tᵢ / Tᵢ)) / 2`, with `tᵢ` steps into the period of length `Tᵢ = t0 · tMultⁱ`
 *
 * @throws {ValueError} for a `t0` or `tMult` that is no whole number ≥ 1 or a negative `etaMin`
 *
 * Loshchilov and Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts (2016), https://arxiv.org/abs/1608.03983
 *
 * @example
 * const optimizer = new SGD([zeros([1])], { lr: 1 });
 * new CosineAnnealingWarmRestarts(optimizer, { t0: 10 }).moveTo(10);
 * optimizer.lr; // => 1
 */
export class CosineAnnealingWarmRestarts extends Schedule {
  readonly #t0: number;
  readonly #tMult: number;
  readonly #etaMin: number;

  constructor(optimizer: AnyOptimizer, options: CosineAnnealingWarmRestartsOptions) {
    super("CosineAnnealingWarmRestarts", optimizer, options, ["t0", "tMult", "etaMin"]);
    const { t0, tMult = 1, etaMin = 0 } = options;
    expectNumber("CosineAnnealingWarmRestarts", "t0", t0, count);
    expectNumber("CosineAnnealingWarmRestarts", "tMult", tMult, count);
    expectNumber("CosineAnnealingWarmRestarts", "etaMin", etaMin, nonNegative);
    this.#t0 = t0;
    this.#tMult = tMult;
    this.#etaMin = etaMin;
    this.begin();
  }

  override rate(baseLr: number, step: number): number {
    const [inside, period] = this.#position(step);
    return this.#etaMin + ((baseLr - this.#etaMin) * (1 + Math.cos((Math.PI * inside) / period))) / 2;
  }

  /** Steps into the current period, and its length. */
  #position(step: number): [number, number] {
    if (this.#tMult === 1) return [step % this.#t0, this.#t0];
    let period = this.#t0;
    let inside = step;
    while (inside >= period) {
      inside -= period;
      period *= this.#tMult;
    }
    return [inside, period];
  }
}
