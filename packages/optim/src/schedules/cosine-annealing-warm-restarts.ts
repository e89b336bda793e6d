import { option, type OptionTable, ranges, required, type ValueRange } from "@tapegrad/tensor/internal";
import { type AnyOptimizer, Schedule } from "./schedule.ts";

/** Options of {@link CosineAnnealingWarmRestarts}. */
export interface CosineAnnealingWarmRestartsOptions {
  /** Steps until the first restart. */
  readonly t0: number;
  /** Whole factor by which each period is longer than the one before; 1 unless given. */
  readonly tMult?: number;
  /** Smallest rate; 0 unless given. */
  readonly etaMin?: number;
  /** Factor by which each peak is higher above `etaMin` than the one before; 1 unless given. */
  readonly mMul?: number;
}

const table: OptionTable<CosineAnnealingWarmRestartsOptions> = {
  t0: required(ranges.count),
  tMult: option(ranges.count, 1),
  etaMin: option(ranges.nonNegative, 0),
  mMul: option(ranges.positive, 1),
};

/**
 * Lowers the rate along half a cosine and starts again at the base rate after each period.
 *
 * `lr = etaMin + (base − etaMin) · mMulⁱ · (1 + cos(π·tᵢ / Tᵢ)) / 2`, with `tᵢ` steps into the period `i = 0, 1, …` of length
 * `Tᵢ = t0 · tMultⁱ`
 *
 * Steps may be parts of epochs: `moveTo(epoch + batch / batches)`.
 *
 * @throws {ValueError} for a `t0` or `tMult` that is no whole number ≥ 1, a negative `etaMin` or an `mMul` that is not positive
 * @see Loshchilov and Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts (2016), https://arxiv.org/abs/1608.03983
 * @example
 * const optimizer = new SGD([zeros([1])], { lr: 1 });
 * new CosineAnnealingWarmRestarts(optimizer, { t0: 10 }).moveTo(10);
 * optimizer.lr; // => 1
 * new CosineAnnealingWarmRestarts(optimizer, { t0: 10, mMul: 0.5 }).moveTo(12.5);
 * optimizer.lr.toFixed(4); // => "0.4268"
 */
export class CosineAnnealingWarmRestarts extends Schedule<CosineAnnealingWarmRestartsOptions> {
  static override readonly name: string = "CosineAnnealingWarmRestarts";

  constructor(optimizer: AnyOptimizer, options: CosineAnnealingWarmRestartsOptions) {
    super("CosineAnnealingWarmRestarts", optimizer, options, table);
    this.begin();
  }

  override rate(baseLr: number, step: number): number {
    const { etaMin, mMul } = this.options;
    const { inside, length, period } = this.#position(step);
    return etaMin + ((baseLr - etaMin) * mMul ** period * (1 + Math.cos((Math.PI * inside) / length))) / 2;
  }

  protected override get stepRange(): ValueRange<number> {
    return ranges.nonNegative;
  }

  /** Steps into the current period, its length, and how many came before. */
  #position(step: number): { readonly inside: number; readonly length: number; readonly period: number } {
    const { t0, tMult } = this.options;
    if (tMult === 1) return { inside: step % t0, length: t0, period: Math.floor(step / t0) };
    let [inside, length, period] = [step, t0, 0];
    for (; inside >= length; period++) {
      inside -= length;
      length *= tMult;
    }
    return { inside, length, period };
  }
}
