import type { OptionTable } from "@tapegrad/tensor/internal";
import { checkParts, schedulesOption } from "./schedule-parts.ts";
import { type AnyOptimizer, Schedule } from "./schedule.ts";

/** Options of {@link ChainedScheduler}. */
export interface ChainedSchedulerOptions {
  /** Schedules of the same optimizer, in order. */
  readonly schedules: readonly Schedule[];
}

const table: OptionTable<ChainedSchedulerOptions> = { schedules: schedulesOption };

/**
 * Runs schedules at the same time: each takes the rate of the one before as its base, so that their factors multiply.
 *
 * @throws {ValueError} if there is no schedule, or one of another optimizer
 * @example
 * const optimizer = new SGD([zeros([1])], { lr: 1 });
 * const warmUp = new ConstantLR(optimizer, { factor: 0.5, totalIters: 2 });
 * const decay = new ExponentialLR(optimizer, { gamma: 0.5 });
 * const schedule = new ChainedScheduler(optimizer, { schedules: [warmUp, decay] });
 * [0, 1, 2, 3].map((step) => (schedule.moveTo(step), optimizer.lr)); // => [0.5, 0.25, 0.25, 0.125]
 */
export class ChainedScheduler extends Schedule<ChainedSchedulerOptions> {
  static override readonly name: string = "ChainedScheduler";

  constructor(optimizer: AnyOptimizer, options: ChainedSchedulerOptions) {
    super("ChainedScheduler", optimizer, options, table);
    checkParts("ChainedScheduler", optimizer, this.parts);
    this.begin();
  }

  protected override get parts(): readonly Schedule[] {
    return this.options.schedules;
  }

  override rate(baseLr: number, step: number, group: number): number {
    return this.parts.reduce((lr, schedule) => schedule.rate(lr, step, group), baseLr);
  }

  override checkStep(step: number): void {
    for (const schedule of this.parts) schedule.checkStep(step);
  }

  protected override moveParts(step: number): void {
    for (const schedule of this.parts) schedule.moveTo(step);
  }
}
