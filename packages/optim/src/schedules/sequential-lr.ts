import { ValueError } from "@tapegrad/tensor";
import { count, expectNumber } from "../expect-number.ts";
import { checkParts, loadParts, type ScheduleWithParts } from "./schedule-parts.ts";
import { type AnyOptimizer, Schedule, type ScheduleState } from "./schedule.ts";

/** Options of {@link SequentialLR}. */
export interface SequentialLROptions {
  /** Schedules of the same optimizer, in order. */
  readonly schedules: readonly Schedule[];
  /** Steps at which the next one takes over, ascending; one fewer than schedules. */
  readonly milestones: readonly number[];
}

/**
 * Runs schedules one after the other, each from its own step 0: warm-up, then decay.
 *
 * @throws {ValueError} if milestones are not ascending whole numbers, one fewer than schedules, or a schedule
 *   belongs to another optimizer
 *
 * @example
 * const optimizer = new SGD([zeros([1])], { lr: 1 });
 * const warmUp = new LinearLR(optimizer, { startFactor: 0.5, totalIters: 2 });
 * const decay = new ExponentialLR(optimizer, { gamma: 0.5 });
 * const schedule = new SequentialLR(optimizer, { schedules: [warmUp, decay], milestones: [2] });
 * [0, 1, 2, 3].map((step) => (schedule.moveTo(step), optimizer.lr)); // => [0.5, 0.75, 1, 0.5]
 */
export class SequentialLR extends Schedule {
  readonly #schedules: readonly Schedule[];
  readonly #milestones: readonly number[];

  constructor(optimizer: AnyOptimizer, options: SequentialLROptions) {
    super("SequentialLR", optimizer, options, ["schedules", "milestones"]);
    const { schedules, milestones } = options;
    checkParts("SequentialLR", optimizer, schedules);
    if (!Array.isArray(milestones) || milestones.length !== schedules.length - 1) {
      throw new ValueError(`SequentialLR: expected ${schedules.length - 1} milestones, got ${milestones?.length}.`);
    }
    milestones.forEach((milestone, i) => {
      expectNumber("SequentialLR", "milestones", milestone, count);
      if (i > 0 && milestone <= milestones[i - 1]!) {
        throw new ValueError(`SequentialLR: expected ascending milestones, got [${milestones.join(", ")}].`);
      }
    });
    this.#schedules = [...schedules];
    this.#milestones = [...milestones];
    this.begin();
  }

  override rate(baseLr: number, step: number, group: number): number {
    const [schedule, start] = this.#active(step);
    return schedule.rate(baseLr, step - start, group);
  }

  override moveTo(step: number): void {
    const [schedule, start] = this.#active(step);
    schedule.moveTo(step - start);
    super.moveTo(step);
  }

  override stateDict(): ScheduleWithParts {
    return { ...super.stateDict(), schedules: this.#schedules.map((schedule) => schedule.stateDict()) };
  }

  override loadStateDict(state: ScheduleState & Partial<ScheduleWithParts>): void {
    loadParts("SequentialLR", this.#schedules, state.schedules);
    super.loadStateDict(state);
  }

  /** The schedule in charge at `step`, and the step at which it took over. */
  #active(step: number): [Schedule, number] {
    const index = this.#milestones.filter((milestone) => milestone <= step).length;
    return [this.#schedules[index]!, index === 0 ? 0 : this.#milestones[index - 1]!];
  }
}
