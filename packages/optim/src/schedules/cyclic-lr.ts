import { expectValue, option, optional, type OptionTable, ranges, required } from "@tapegrad/tensor/internal";
import { checkMomentum, cycleMomentum, type MomentumCycleOptions, momentumTable } from "./momentum-cycle.ts";
import { checkPerGroup, rateOf, ratesRange } from "./per-group.ts";
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
  readonly stepSizeDown?: number | undefined;
  /**
   * "triangular" repeats the same cycle, "triangular2" halves its height every time, "exp_range" multiplies the height
   * by `gamma` in every step; "triangular" unless given.
   */
  readonly mode?: CyclicMode;
  /** Factor per step of "exp_range"; 1 unless given. */
  readonly gamma?: number;
  /** The height of a cycle as part of the full height, in place of a mode: a function of what `scaleMode` says. */
  readonly scaleFn?: ((x: number) => number) | undefined;
  /** What `scaleFn` is given: "cycle" its number, counted from 1, "iterations" the number of steps taken; "cycle" unless given. */
  readonly scaleMode?: "cycle" | "iterations";
}

/** How the height of a cycle changes. */
export type CyclicMode = "triangular" | "triangular2" | "exp_range";

/** Share of the full height in step `t` of cycle `cycle`, counting from 0. */
const heights: Readonly<Record<CyclicMode, (gamma: number, t: number, cycle: number) => number>> = {
  triangular: () => 1,
  triangular2: (_gamma, _t, cycle) => 2 ** -cycle,
  exp_range: (gamma, t) => gamma ** t,
};

const table: OptionTable<CyclicLROptions> = {
  baseLr: required(ratesRange),
  maxLr: required(ratesRange),
  stepSizeUp: option(ranges.count, 2000),
  stepSizeDown: optional(ranges.count),
  mode: option(ranges.keyOf(heights), "triangular"),
  gamma: option(ranges.positive, 1),
  scaleFn: optional(ranges.callable<(x: number) => number>()),
  scaleMode: option(ranges.oneOf("cycle", "iterations"), "cycle"),
  ...momentumTable(0.8, 0.9),
};

/**
 * Moves the rate up and down along straight lines; momentum moves the other way.
 *
 * `lr(t) = baseLr + (maxLr − baseLr) · rise(t) · height(t)`, where `rise` goes from 0 to 1 in `stepSizeUp` steps and back in
 * `stepSizeDown`, and `height` depends on the mode, or is what `scaleFn` says. Momentum runs between 0.8 and 0.9 unless given.
 *
 * @throws {ValueError} for options outside their ranges, or an optimizer without momentum to cycle
 * @see Smith, Cyclical Learning Rates for Training Neural Networks (2015), https://arxiv.org/abs/1506.01186
 * @example
 * const optimizer = new SGD([zeros([1])], { momentum: 0.9 });
 * const schedule = new CyclicLR(optimizer, { baseLr: 0, maxLr: 1, stepSizeUp: 4 });
 * [0, 1, 4, 6, 8].map((step) => (schedule.moveTo(step), optimizer.lr)); // => [0, 0.25, 1, 0.5, 0]
 */
export class CyclicLR extends Schedule<CyclicLROptions> {
  static override readonly name: string = "CyclicLR";

  constructor(optimizer: AnyOptimizer, options: CyclicLROptions) {
    super("CyclicLR", optimizer, options, table);
    this.begin();
  }

  override checkStep(): void {
    checkPerGroup("CyclicLR", "baseLr", this.optimizer, this.options.baseLr);
    checkPerGroup("CyclicLR", "maxLr", this.optimizer, this.options.maxLr);
    checkMomentum("CyclicLR", this.optimizer, this.options);
  }

  override rate(_baseLr: number, step: number, group: number): number {
    const base = rateOf(this.options.baseLr, group);
    return base + (rateOf(this.options.maxLr, group) - base) * this.#rise(step);
  }

  protected override applyExtras(step: number): void {
    cycleMomentum(this.optimizer, this.options, (base, max) => max - (max - base) * this.#rise(step));
  }

  /** Where the rate stands between its bounds. */
  #rise(step: number): number {
    const { stepSizeUp: up, stepSizeDown: down = up } = this.options;
    const period = up + down;
    const place = step % period;
    const share = place <= up ? place / up : (period - place) / down;
    return share * this.#height(step, Math.floor(step / period));
  }

  /** Share of the full height in a step of a cycle, which is counted from 0. */
  #height(step: number, cycle: number): number {
    const { mode, gamma, scaleFn, scaleMode } = this.options;
    if (scaleFn === undefined) return heights[mode](gamma, step, cycle);
    const x = scaleMode === "cycle" ? cycle + 1 : step;
    const height = scaleFn(x);
    expectValue("CyclicLR", `scaleFn(${x})`, height, ranges.nonNegative);
    return height;
  }
}
