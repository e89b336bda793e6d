import { option, type OptionTable, ranges, required } from "@tapegrad/tensor/internal";
import { type Anneal, anneals } from "./anneal.ts";
import { checkPerGroup, rateOf, ratesRange } from "./per-group.ts";
import { type AnyOptimizer, Schedule } from "./schedule.ts";

/** Options of {@link SWALR}. */
export interface SWALROptions {
  /** The rate that is kept in the end, one for all groups or one each. */
  readonly swaLr: number | readonly number[];
  /** Steps until then; 10 unless given. */
  readonly annealEpochs?: number;
  /** Shape of the way there; "cos" unless given. */
  readonly annealStrategy?: Anneal;
}

const table: OptionTable<SWALROptions> = {
  swaLr: required(ratesRange),
  annealEpochs: option(ranges.whole(0), 10),
  annealStrategy: option(ranges.keyOf(anneals), "cos"),
};

/**
 * Moves the rate from where it is to one that stays: for the last part of a training, whose weights are averaged by
 * `WeightAverage`.
 *
 * `lr(t) = swaLr·α + start·(1 − α)` with `α = (1 − cos(π·x))/2`, or `x` if linear, and `x = min(t / annealEpochs, 1)`
 *
 * Make it beforehand and step it instead of the other schedule from some epoch on: `start` is the rate that the optimizer has
 * at its first step; or give both to a `SequentialLR`. What other schedules call their base it leaves alone.
 *
 * @throws {ValueError} for a negative rate or an `annealEpochs` that is no whole number ≥ 0
 * @see Izmailov et al., Averaging Weights Leads to Wider Optima and Better Generalization (2018), https://arxiv.org/abs/1803.05407
 * @example
 * const optimizer = new SGD([zeros([1])], { lr: 1 });
 * const schedule = new SWALR(optimizer, { swaLr: 0.5, annealEpochs: 4, annealStrategy: "linear" });
 * optimizer.lr = 0.9; // whatever came before
 * [0, 1, 4, 9].map((step) => (schedule.moveTo(step), optimizer.lr)); // => [0.9, 0.8, 0.5, 0.5]
 */
export class SWALR extends Schedule<SWALROptions> {
  static override readonly name: string = "SWALR";

  constructor(optimizer: AnyOptimizer, options: SWALROptions) {
    super("SWALR", optimizer, options, table);
    this.begin();
  }

  override checkStep(): void {
    checkPerGroup("SWALR", "swaLr", this.optimizer, this.options.swaLr);
  }

  override get startsAnew(): boolean {
    return true;
  }

  override rate(start: number, step: number, group: number): number {
    const { swaLr, annealEpochs, annealStrategy } = this.options;
    const progress = annealEpochs === 0 ? 1 : Math.min(step / annealEpochs, 1);
    return anneals[annealStrategy](start, rateOf(swaLr, group), progress);
  }
}
