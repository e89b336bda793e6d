import { ValueError } from "@tapegrad/tensor";
import { formatValue, type OptionTable, ranges, required } from "@tapegrad/tensor/internal";
import { checkParts, schedulesOption } from "./schedule-parts.ts";
import { type AnyOptimizer, Schedule } from "./schedule.ts";

/** Options of {@link SequentialLR}. */
export interface SequentialLROptions {
  /** Schedules of the same optimizer, in order. */
  readonly schedules: readonly Schedule[];
  /** Steps at which the next one takes over, ascending; one fewer than schedules. */
  readonly milestones: readonly number[];
}

const table: OptionTable<SequentialLROptions> = {
  schedules: schedulesOption,
  milestones: required(ranges.listOf(ranges.count)),
};

/**
 * Runs schedules one after the other, each from its own step 0: warm-up, then decay. All have the same base, but `SWALR`
 * begins at the rate that the one before has left.
 *
 * @throws {ValueError} if milestones are not ascending whole numbers, one fewer than schedules, or a schedule
 *   belongs to another optimizer
 * @example
 * const optimizer = new SGD([zeros([1])], { lr: 1 });
 * const warmUp = new LinearLR(optimizer, { startFactor: 0.5, totalIters: 2 });
 * const decay = new ExponentialLR(optimizer, { gamma: 0.5 });
 * const schedule = new SequentialLR(optimizer, { schedules: [warmUp, decay], milestones: [2] });
 * [0, 1, 2, 3].map((step) => (schedule.moveTo(step), optimizer.lr)); // => [0.5, 0.75, 1, 0.5]
 */
export class SequentialLR extends Schedule<SequentialLROptions> {
  static override readonly name: string = "SequentialLR";

  constructor(optimizer: AnyOptimizer, options: SequentialLROptions) {
    super("SequentialLR", optimizer, options, table);
    const { parts } = this;
    const { milestones } = this.options;
    checkParts("SequentialLR", optimizer, parts);
    if (milestones.length !== parts.length - 1) {
      throw new ValueError(`SequentialLR: expected ${parts.length - 1} milestones, got ${milestones.length}.`);
    }
    if (milestones.some((milestone, i) => i > 0 && milestone <= milestones[i - 1]!)) {
      throw new ValueError(`SequentialLR: expected ascending milestones, got ${formatValue(milestones)}.`);
    }
    this.begin();
  }

  protected override get parts(): readonly Schedule[] {
    return this.options.schedules;
  }

  override rate(baseLr: number, step: number, group: number): number {
    const [schedule, start] = this.#active(step);
    const isLater = schedule.startsAnew && start > 0;
    return schedule.rate(isLater ? this.rate(baseLr, start - 1, group) : baseLr, step - start, group);
  }

  override checkStep(step: number): void {
    const [schedule, start] = this.#active(step);
    schedule.checkStep(step - start);
  }

  protected override moveParts(step: number): void {
    const [schedule, start] = this.#active(step);
    schedule.moveTo(step - start);
  }

  /** The schedule in charge at `step`, and the step at which it took over. */
  #active(step: number): [Schedule, number] {
    const { milestones } = this.options;
    const index = milestones.filter((milestone) => milestone <= step).length;
    return [this.parts[index]!, index === 0 ? 0 : milestones[index - 1]!];
  }
}
