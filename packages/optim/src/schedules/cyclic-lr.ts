import { ValueError } from "@tapegrad/tensor";
import { count, expectNumber, positive } from "../expect-number.ts";
import { type MomentumCycleOptions, momentumRange, type MomentumRange, setMomentum } from "./momentum-cycle.ts";
import { perGroup } from "./per-group.ts";
import { type AnyOptimizer, Schedule } from "./schedule.ts";

/** Options of {@link CyclicLR}. */
export interface CyclicLROptions extends MomentumCycleOptions {
  /** Smallest rate, one for all groups or one each. */
  readonly baseLr: number | readonly number[];
  /** Largest rate of the first cycle, one for all groups or one each. */
  readonly maxLr: number | readonly number[];
  /** Steps from the smallest rate to the largest; 2000 unless given. */
  readonly stepSizeUp?: number;
  /** Steps back; as many as up unless given. */
  readonly stepSizeDown?: number;
  /**
   * "triangular" repeats the same cycle, "triangular2" halves its height every time, "exp_range" multiplies the height
   * by `gamma` in every step; "triangular" unless given.
   */
  readonly mode?: CyclicMode;
  /** Factor per step of "exp_range"; 1 unless given. */
  readonly gamma?: number;
  /** Smallest momentum; 0.8 unless given. */
  readonly baseMomentum?: number;
  /** Largest momentum; 0.9 unless given. */
  readonly maxMomentum?: number;
}

/** How the height of a cycle changes. */
export type CyclicMode = "triangular" | "triangular2" | "exp_range";

/** Share of the full height in step `t` of cycle `cycle`, counting from 0. */
const heights: Readonly<Record<CyclicMode, (gamma: number, t: number, cycle: number) => number>> = {
  triangular: () => 1,
  triangular2: (_gamma, _t, cycle) => 2 ** -cycle,
  exp_range: (gamma, t) => gamma ** t,
};

const optionNames = [
  ...["baseLr", "maxLr", "stepSizeUp", "stepSizeDown", "mode", "gamma"],
  ...["cycleMomentum", "baseMomentum", "maxMomentum"],
];

/**
 * Moves the rate up and down along straight lines; momentum moves the other way.
 *
 * `lr(t) = baseLr + (maxLr − baseLr) · rise(t) · height(t)`, where `rise` goes from 0 to 1 in `stepSizeUp` steps and back in
 * `stepSizeDown`, and `height` depends on the mode.
 *
 * @throws {ValueError} for options outside their ranges, or an optimizer without momentum to cycle
 *
 * Smith, Cyclical Learning Rates for Training Neural Networks (2015), https://arxiv.org/abs/1506.01186
 *
 * @example
 * const optimizer = new SGD([zeros([1])], { momentum: 0.9 });
 * const schedule = new CyclicLR(optimizer, { baseLr: 0, maxLr: 1, stepSizeUp: 4 });
 * [0, 1, 4, 6, 8].map((step) => (schedule.moveTo(step), optimizer.lr)); // => [0, 0.25, 1, 0.5, 0]
 */
export class CyclicLR extends Schedule {
  readonly #baseLrs: readonly number[];
  readonly #maxLrs: readonly number[];
  readonly #up: number;
  readonly #down: number;
  readonly #height: (t: number, cycle: number) => number;
  readonly #momentum: MomentumRange | undefined;

  constructor(optimizer: AnyOptimizer, options: CyclicLROptions) {
    super("CyclicLR", optimizer, options, optionNames);
    const { stepSizeUp = 2000, stepSizeDown = stepSizeUp, mode = "triangular", gamma = 1 } = options;
    const { baseMomentum = 0.8, maxMomentum = 0.9 } = options;
    this.#baseLrs = perGroup("CyclicLR", "baseLr", optimizer, options.baseLr);
    this.#maxLrs = perGroup("CyclicLR", "maxLr", optimizer, options.maxLr);
    expectNumber("CyclicLR", "stepSizeUp", stepSizeUp, count);
    expectNumber("CyclicLR", "stepSizeDown", stepSizeDown, count);
    if (!Object.hasOwn(heights, mode)) {
      throw new ValueError(`CyclicLR: expected mode triangular, triangular2 or exp_range, got ${String(mode)}.`);
    }
    expectNumber("CyclicLR", "gamma", gamma, positive);
    this.#momentum = momentumRange("CyclicLR", optimizer, { ...options, baseMomentum, maxMomentum });
    this.#up = stepSizeUp;
    this.#down = stepSizeDown;
    this.#height = (t, cycle) => heights[mode](gamma, t, cycle);
    this.begin();
  }

  override rate(_baseLr: number, step: number, group: number): number {
    const base = this.#baseLrs[group]!;
    return base + (this.#maxLrs[group]! - base) * this.#rise(step);
  }

  protected override applyExtras(step: number): void {
    if (this.#momentum === undefined) return;
    const { base, max } = this.#momentum;
    setMomentum(this.optimizer, max - (max - base) * this.#rise(step));
  }

  /** Where the rate stands between its bounds. */
  #rise(step: number): number {
    const period = this.#up + this.#down;
    const place = step % period;
    const share = place <= this.#up ? place / this.#up : (period - place) / this.#down;
    return share * this.#height(step, Math.floor(step / period));
  }
}
