import { ValueError } from "@tapegrad/tensor";
import { option, optional, type OptionTable, ranges, required } from "@tapegrad/tensor/internal";
import { type Anneal, anneals } from "./anneal.ts";
import { checkMomentum, cycleMomentum, type MomentumCycleOptions, momentumTable } from "./momentum-cycle.ts";
import { checkPerGroup, rateOf, ratesRange } from "./per-group.ts";
import { type AnyOptimizer, Schedule } from "./schedule.ts";

/** Options of {@link OneCycleLR}. */
export interface OneCycleLROptions extends MomentumCycleOptions {
  /** Largest rate, one for all groups or one each. */
  readonly maxLr: number | readonly number[];
  /** Length of the cycle; or give `epochs` and `stepsPerEpoch`. */
  readonly totalSteps?: number | undefined;
  /** Epochs of the cycle, with `stepsPerEpoch` in place of `totalSteps`. */
  readonly epochs?: number | undefined;
  /** Steps of each of the `epochs`. */
  readonly stepsPerEpoch?: number | undefined;
  /** Share of the cycle in which the rate rises; 0.3 unless given. */
  readonly pctStart?: number;
  /** Shape of the slopes; "cos" unless given. */
  readonly annealStrategy?: Anneal;
  /** The first rate is `maxLr / divFactor`; 25 unless given. */
  readonly divFactor?: number;
  /** The last rate is the first one divided by this; 1e4 unless given. */
  readonly finalDivFactor?: number;
  /** Fall back to the first rate as fast as it rose, then to the last. */
  readonly threePhase?: boolean;
}

/** One slope: from the end of the phase before to `end`, between two levels. */
interface Phase {
  readonly end: number;
  readonly from: "first" | "max";
  readonly to: "first" | "max" | "last";
}

const table: OptionTable<OneCycleLROptions> = {
  maxLr: required(ratesRange),
  totalSteps: optional(ranges.count),
  epochs: optional(ranges.count),
  stepsPerEpoch: optional(ranges.count),
  pctStart: option(ranges.unit, 0.3),
  annealStrategy: option(ranges.keyOf(anneals), "cos"),
  ...momentumTable(0.85, 0.95),
  divFactor: option(ranges.positive, 25),
  finalDivFactor: option(ranges.positive, 1e4),
  threePhase: option(ranges.flag, false),
};

/**
 * Raises the rate from `maxLr / divFactor` to `maxLr` and lowers it far below the start; momentum moves the other way,
 * between 0.85 and 0.95 unless given.
 *
 * Step it after every batch; a step beyond the cycle throws.
 *
 * @throws {ValueError} for options outside their ranges, no length, or an optimizer without momentum to cycle
 * @see Smith and Topin, Super-Convergence: Very Fast Training Using Large Learning Rates (2017), https://arxiv.org/abs/1708.07120
 * @example
 * const optimizer = new Adam([zeros([1])]);
 * const schedule = new OneCycleLR(optimizer, { maxLr: 1, totalSteps: 11, pctStart: 0.5 });
 * schedule.moveTo(4);
 * optimizer.lr > 0.9; // => true
 */
export class OneCycleLR extends Schedule<OneCycleLROptions> {
  static override readonly name: string = "OneCycleLR";

  constructor(optimizer: AnyOptimizer, options: OneCycleLROptions) {
    super("OneCycleLR", optimizer, options, table);
    if (Number.isNaN(this.#totalSteps)) {
      throw new ValueError(`OneCycleLR: expected totalSteps, or epochs and stepsPerEpoch, got neither.`);
    }
    this.begin();
  }

  override checkStep(step: number): void {
    checkPerGroup("OneCycleLR", "maxLr", this.optimizer, this.options.maxLr);
    checkMomentum("OneCycleLR", this.optimizer, this.options);
    if (step > this.#totalSteps) {
      throw new ValueError(`OneCycleLR: expected at most ${this.#totalSteps} steps, got ${step}. The cycle is over.`);
    }
  }

  override rate(_baseLr: number, step: number, group: number): number {
    const { maxLr, divFactor, finalDivFactor } = this.options;
    const max = rateOf(maxLr, group);
    const first = max / divFactor;
    return this.#level(step, { first, max, last: first / finalDivFactor });
  }

  protected override applyExtras(step: number): void {
    cycleMomentum(this.optimizer, this.options, (base, max) => this.#level(step, { first: max, max: base, last: max }));
  }

  /** Length of the cycle; NaN if the options do not say it. */
  get #totalSteps(): number {
    const { totalSteps, epochs = NaN, stepsPerEpoch = NaN } = this.options;
    return totalSteps ?? epochs * stepsPerEpoch;
  }

  get #phases(): readonly Phase[] {
    const { pctStart, threePhase } = this.options;
    const total = this.#totalSteps;
    const rise: Phase = { end: pctStart * total - 1, from: "first", to: "max" };
    if (!threePhase) return [rise, { end: total - 1, from: "max", to: "last" }];
    return [
      rise,
      { end: 2 * pctStart * total - 2, from: "max", to: "first" },
      { end: total - 1, from: "first", to: "last" },
    ];
  }

  #level(step: number, levels: { readonly first: number; readonly max: number; readonly last: number }): number {
    const phases = this.#phases;
    let start = 0;
    for (const [i, { end, from, to }] of phases.entries()) {
      if (step <= end || i === phases.length - 1) {
        const progress = end === start ? 1 : Math.min((step - start) / (end - start), 1);
        return anneals[this.options.annealStrategy](levels[from], levels[to], progress);
      }
      start = end;
    }
    return levels.last;
  }
}
