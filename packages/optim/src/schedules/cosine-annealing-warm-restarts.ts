import { option, type OptionTable, ranges, required } from "@tapegrad/tensor/internal";
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

const table: OptionTable<CosineAnnealingWarmRestartsOptions> = {
  t0: required(ranges.count),
  tMult: option(ranges.count, 1),
  etaMin: option(ranges.nonNegative, 0),
};

/**
 * Lowers the rate along half a cosine and starts again at the base rate after each period.
 *
 * `lr = etaMin + (base − etaMin) · (1 + cos(π·tᵢ / Tᵢ)) / 2`, with `tᵢ` steps into the period of length `Tᵢ = t0 · tMultⁱ`
 *
 * @throws {ValueError} for a `t0` or `tMult` that is no whole number ≥ 1 or a negative `etaMin`
 * @see Loshchilov and Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts (2016), https://arxiv.org/abs/1608.03983
 * @example
 * const optimizer = new SGD([zeros([1])], { lr: 1 });
 * new CosineAnnealingWarmRestarts(optimizer, { t0: 10 }).moveTo(10);
 * optimizer.lr; // => 1
 */
export class CosineAnnealingWarmRestarts extends Schedule<CosineAnnealingWarmRestartsOptions> {
  static override readonly name: string = "CosineAnnealingWarmRestarts";

  constructor(optimizer: AnyOptimizer, options: CosineAnnealingWarmRestartsOptions) {
    super("CosineAnnealingWarmRestarts", optimizer, options, table);
    this.begin();
  }

  override rate(baseLr: number, step: number): number {
    const { etaMin } = this.options;
    const [inside, period] = this.#position(step);
    return etaMin + ((baseLr - etaMin) * (1 + Math.cos((Math.PI * inside) / period))) / 2;
  }

  /** Steps into the current period, and its length. */
  #position(step: number): [number, number] {
    const { t0, tMult } = this.options;
    if (tMult === 1) return [step % t0, t0];
    let period = t0;
    let inside = step;
    while (inside >= period) {
      inside -= period;
      period *= tMult;
    }
    return [inside, period];
  }
}
