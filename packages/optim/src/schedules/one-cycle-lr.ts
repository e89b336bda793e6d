import { ValueError } from "@tapegrad/tensor";
import { count, expectNumber, positive, unit } from "../expect-number.ts";
import { type MomentumCycleOptions, momentumRange, type MomentumRange, setMomentum } from "./momentum-cycle.ts";
import { perGroup } from "./per-group.ts";
import { type AnyOptimizer, Schedule } from "./schedule.ts";

/** Options of {@link OneCycleLR}. */
export interface OneCycleLROptions extends MomentumCycleOptions {
  /** Largest rate, one for all groups or one each. */
  readonly maxLr: number | readonly number[];
  /** Length of the cycle; or give `epochs` and `stepsPerEpoch`. */
  readonly totalSteps?: number;
  readonly epochs?: number;
  readonly stepsPerEpoch?: number;
  /** Share of the cycle in which the rate rises; 0.3 unless given. */
  readonly pctStart?: number;
  /** Shape of the slopes; "cos" unless given. */
  readonly annealStrategy?: "cos" | "linear";
  /** Smallest momentum; 0.85 unless given. */
  readonly baseMomentum?: number;
  /** Largest momentum; 0.95 unless given. */
  readonly maxMomentum?: number;
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

type Anneal = (from: number, to: number, progress: number) => number;

const anneals: Readonly<Record<"cos" | "linear", Anneal>> = {
  cos: (from, to, progress) => to + ((from - to) / 2) * (1 + Math.cos(Math.PI * progress)),
  linear: (from, to, progress) => from + (to - from) * progress,
};

const optionNames = [
  "maxLr",
  "totalSteps",
  "epochs",
  "stepsPerEpoch",
  "pctStart",
  "annealStrategy",
  "cycleMomentum",
  "baseMomentum",
  "maxMomentum",
  "divFactor",
  "finalDivFactor",
  "threePhase",
];

/**
 * Raises the rate from `maxLr / divFactor` to `maxLr` and lowers it far below the start; momentum moves the other way.
 *
 * Step it after every batch; a step beyond the cycle throws.
 *
 * @throws {ValueError} for options outside their ranges, no length, or an optimizer without momentum to cycle
 *
 * Smith and Topin, Super-Convergence: Very Fast Training Using Large Learning Rates (2017), https://arxiv.org/abs/1708.07120
 *
 * @example
 * const optimizer = new Adam([zeros([1])]);
 * const schedule = new OneCycleLR(optimizer, { maxLr: 1, totalSteps: 11, pctStart: 0.5 });
 * schedule.moveTo(4);
 * optimizer.lr > 0.9; // => true
 */
export class OneCycleLR extends Schedule {
  readonly #maxLrs: readonly number[];
  readonly #totalSteps: number;
  readonly #phases: readonly Phase[];
  readonly #anneal: Anneal;
  readonly #divFactor: number;
  readonly #finalDivFactor: number;
  readonly #momentum: MomentumRange | undefined;

  constructor(optimizer: AnyOptimizer, options: OneCycleLROptions) {
    super("OneCycleLR", optimizer, options, optionNames);
    const { pctStart = 0.3, annealStrategy = "cos", threePhase = false } = options;
    const { baseMomentum = 0.85, maxMomentum = 0.95, divFactor = 25, finalDivFactor = 1e4 } = options;
    this.#totalSteps = lengthOf(options);
    this.#maxLrs = perGroup("OneCycleLR", "maxLr", optimizer, options.maxLr);
    expectNumber("OneCycleLR", "pctStart", pctStart, unit);
    if (annealStrategy !== "cos" && annealStrategy !== "linear") {
      throw new ValueError(`OneCycleLR: expected annealStrategy cos or linear, got ${String(annealStrategy)}.`);
    }
    expectNumber("OneCycleLR", "divFactor", divFactor, positive);
    expectNumber("OneCycleLR", "finalDivFactor", finalDivFactor, positive);
    this.#momentum = momentumRange("OneCycleLR", optimizer, { ...options, baseMomentum, maxMomentum });
    const last = this.#totalSteps - 1;
    const peak = pctStart * this.#totalSteps - 1;
    this.#phases = threePhase
      ? [
          { end: peak, from: "first", to: "max" },
          { end: 2 * pctStart * this.#totalSteps - 2, from: "max", to: "first" },
          { end: last, from: "first", to: "last" },
        ]
      : [
          { end: peak, from: "first", to: "max" },
          { end: last, from: "max", to: "last" },
        ];
    this.#anneal = anneals[annealStrategy];
    this.#divFactor = divFactor;
    this.#finalDivFactor = finalDivFactor;
    this.begin();
  }

  override checkStep(step: number): void {
    if (step > this.#totalSteps) {
      throw new ValueError(`OneCycleLR: expected at most ${this.#totalSteps} steps, got ${step}. The cycle is over.`);
    }
  }

  override rate(_baseLr: number, step: number, group: number): number {
    const max = this.#maxLrs[group]!;
    const first = max / this.#divFactor;
    return this.#level(step, { first, max, last: first / this.#finalDivFactor });
  }

  protected override applyExtras(step: number): void {
    if (this.#momentum === undefined) return;
    const { base, max } = this.#momentum;
    setMomentum(this.optimizer, this.#level(step, { first: max, max: base, last: max }));
  }

  #level(step: number, levels: { readonly first: number; readonly max: number; readonly last: number }): number {
    let start = 0;
    for (const [i, { end, from, to }] of this.#phases.entries()) {
      if (step <= end || i === this.#phases.length - 1) {
        const progress = end === start ? 1 : Math.min((step - start) / (end - start), 1);
        return this.#anneal(levels[from], levels[to], progress);
      }
      start = end;
    }
    return levels.last;
  }
}

function lengthOf({ totalSteps, epochs, stepsPerEpoch }: OneCycleLROptions): number {
  if (totalSteps !== undefined) {
    expectNumber("OneCycleLR", "totalSteps", totalSteps, count);
    return totalSteps;
  }
  if (epochs === undefined || stepsPerEpoch === undefined) {
    throw new ValueError("OneCycleLR: expected totalSteps, or epochs and stepsPerEpoch, got neither.");
  }
  expectNumber("OneCycleLR", "epochs", epochs, count);
  expectNumber("OneCycleLR", "stepsPerEpoch", stepsPerEpoch, count);
  return epochs * stepsPerEpoch;
}
