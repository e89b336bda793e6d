import { checkParts, loadParts, type ScheduleWithParts } from "./schedule-parts.ts";
import { type AnyOptimizer, Schedule, type ScheduleState } from "./schedule.ts";

/** Options of {@link ChainedScheduler}. */
export interface ChainedSchedulerOptions {
  /** Schedules of the same optimizer, in order. */
  readonly schedules: readonly Schedule[];
}

/**
 * Runs schedules at the same time: each takes the rate of the one before as its base, so that their factors multiply.
 *
 * @throws {ValueError} if there is no schedule, or one of another optimizer
 *
 * @example
 * const optimizer = new SGD([zeros([1])], { lr: 1 });
 * const warmUp = new ConstantLR(optimizer, { factor: 0.5, totalIters: 2 });
 * const decay = new ExponentialLR(optimizer, { gamma: 0.5 });
 * const schedule = new ChainedScheduler(optimizer, { schedules: [warmUp, decay] });
 * [0, 1, 2, 3].map((step) => (schedule.moveTo(step), optimizer.lr)); // => [0.5, 0.25, 0.25, 0.125]
 */
export class ChainedScheduler extends Schedule {
  readonly #schedules: readonly Schedule[];

  constructor(optimizer: AnyOptimizer, options: ChainedSchedulerOptions) {
    super("ChainedScheduler", optimizer, options, ["schedules"]);
    checkParts("ChainedScheduler", optimizer, options.schedules);
    this.#schedules = [...options.schedules];
    this.begin();
  }

  override rate(baseLr: number, step: number, group: number): number {
    return this.#schedules.reduce((lr, schedule) => schedule.rate(lr, step, group), baseLr);
  }

  override checkStep(step: number): void {
    for (const schedule of this.#schedules) schedule.checkStep(step);
  }

  override moveTo(step: number): void {
    this.checkStep(step);
    for (const schedule of this.#schedules) schedule.moveTo(step);
    super.moveTo(step);
  }

  override stateDict(): ScheduleWithParts {
    return { ...super.stateDict(), schedules: this.#schedules.map((schedule) => schedule.stateDict()) };
  }

  override loadStateDict(state: ScheduleState & Partial<ScheduleWithParts>): void {
    loadParts("ChainedScheduler", this.#schedules, state.schedules);
    super.loadStateDict(state);
  }
}
