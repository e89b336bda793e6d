import { assign, type Stateful, Tensor, ShapeError } from "@tapegrad/tensor";
import {
  Cell,
  expectNothing,
  expectNoTrace,
  expectState,
  expectValue,
  formatShape,
  option,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { copySettings } from "../optimizer/resolve-options.ts";
import { scalar } from "../optimizer/scalar.ts";
import { checkPerGroup, rateOf, ratesRange } from "./per-group.ts";
import { type AnyOptimizer, optimizerRange } from "./schedule.ts";

/** Options of {@link ReduceLROnPlateau}. */
export interface ReduceLROnPlateauOptions {
  /** Whether a smaller or a larger metric is better; "min" unless given. */
  readonly mode?: "min" | "max";
  /** Factor of each reduction, in [0, 1); 0.1 unless given. */
  readonly factor?: number;
  /** Calls without improvement that are tolerated; 10 unless given. */
  readonly patience?: number;
  /** Smallest change that counts as an improvement; 1e-4 unless given. */
  readonly threshold?: number;
  /** Whether the threshold is a share of the best metric or an amount; "rel" unless given. */
  readonly thresholdMode?: "rel" | "abs";
  /** Calls after a reduction that are not counted; 0 unless given. */
  readonly cooldown?: number;
  /** Lower bound of the rate, one for all groups or one each; 0 unless given. */
  readonly minLr?: number | readonly number[];
  /** Smallest change of the rate that is made; 1e-8 unless given. */
  readonly eps?: number;
}

/** What `stateDict` returns; `best` is null before the first call. */
export interface PlateauState {
  /** The best metric so far, or null before the first. */
  readonly best: number | null;
  /** Steps since it was best. */
  readonly badSteps: number;
  /** Steps that still do not count after a reduction. */
  readonly cooldownLeft: number;
}

const name = "ReduceLROnPlateau";
const bestRange = ranges.orNull(ranges.bound);
const table: OptionTable<ReduceLROnPlateauOptions> = {
  mode: option(ranges.oneOf("min", "max"), "min"),
  factor: option(ranges.fraction, 0.1),
  patience: option(ranges.whole(0), 10),
  threshold: option(ranges.nonNegative, 1e-4),
  thresholdMode: option(ranges.oneOf("rel", "abs"), "rel"),
  cooldown: option(ranges.whole(0), 0),
  minLr: option(ratesRange, 0),
  eps: option(ranges.nonNegative, 1e-8),
};

/**
 * Multiplies the rate by `factor` when a metric has not improved for more than `patience` calls.
 *
 * An improvement is a metric below `best − threshold·|best|` ("min", "rel") or `best − threshold` ("min", "abs"), or above
 * `best + …` ("max"). NaN is none.
 *
 * @throws {ValueError} for options outside their ranges
 * @example
 * const optimizer = new SGD([zeros([1])], { lr: 1 });
 * const schedule = new ReduceLROnPlateau(optimizer, { patience: 0, factor: 0.5 });
 * schedule.step(3);
 * schedule.step(3);
 * optimizer.lr; // => 0.5
 */
export class ReduceLROnPlateau implements Stateful<PlateauState> {
  static readonly name: string = "ReduceLROnPlateau";
  /** The optimizer whose learning rates it changes. */
  readonly optimizer: AnyOptimizer;
  readonly #options: Required<ReduceLROnPlateauOptions>;
  readonly #state = new Cell<PlateauState>({ best: null, badSteps: 0, cooldownLeft: 0 });

  constructor(optimizer: AnyOptimizer, options: ReduceLROnPlateauOptions = {}) {
    expectValue(name, "optimizer", optimizer, optimizerRange);
    this.optimizer = optimizer;
    this.#options = copySettings(settleOptions(name, options, table));
    checkPerGroup(name, "minLr", optimizer, this.#options.minLr);
  }

  /** Takes the newest metric into account. */
  step(metric: number | Tensor, ...none: []): void {
    expectNothing(`${name}.step`, none);
    expectNoTrace(name, "Step between the calls.");
    if (metric instanceof Tensor && metric.size !== 1) {
      throw new ShapeError(`${name}: expected a metric of one element, got shape ${formatShape(metric.shape)}.`);
    }
    const value: unknown = metric instanceof Tensor ? metric.item() : metric;
    expectValue(name, "metric", value, ranges.anyNumber);
    checkPerGroup(name, "minLr", this.optimizer, this.#options.minLr);
    let { best, badSteps, cooldownLeft } = this.#state.get();
    if (this.#improves(value, best)) {
      best = value;
      badSteps = 0;
    } else {
      badSteps++;
    }
    if (cooldownLeft > 0) {
      cooldownLeft--;
      badSteps = 0;
    }
    if (badSteps > this.#options.patience) {
      this.#reduce();
      cooldownLeft = this.#options.cooldown;
      badSteps = 0;
    }
    this.#state.set({ best, badSteps, cooldownLeft });
  }

  /** Best metric and counters. */
  stateDict(): PlateauState {
    return { ...this.#state.get() };
  }

  /** What `JSON.stringify` writes: the state. */
  toJSON(): PlateauState {
    return this.stateDict();
  }

  /** Takes over what {@link stateDict} returned; the rates are the optimizer's own state. */
  loadStateDict(state: PlateauState, ...none: []): void {
    expectNothing(`${name}.loadStateDict`, none);
    const fn = `${name}.loadStateDict`;
    expectState(fn, state);
    const { best, badSteps, cooldownLeft } = state;
    expectValue(fn, "best", best, bestRange);
    expectValue(fn, "badSteps", badSteps, ranges.whole(0));
    expectValue(fn, "cooldownLeft", cooldownLeft, ranges.whole(0));
    this.#state.set({ best, badSteps, cooldownLeft });
  }

  #improves(value: number, best: number | null): boolean {
    const { mode, threshold, thresholdMode } = this.#options;
    const sign = mode === "min" ? -1 : 1;
    if (best === null) return sign * value > -Infinity;
    const margin = thresholdMode === "rel" ? threshold * Math.abs(best) : threshold;
    // From an infinite best, every finite value is a step away.
    return sign * value > (Number.isFinite(best) ? sign * best + margin : sign * best);
  }

  #reduce(): void {
    const { factor, minLr, eps } = this.#options;
    this.optimizer.groups.forEach((group, g) => {
      const before = group.lr.item();
      const lr = Math.max(before * factor, rateOf(minLr, g));
      if (before - lr > eps) assign(group.lr, scalar(lr));
    });
  }
}
