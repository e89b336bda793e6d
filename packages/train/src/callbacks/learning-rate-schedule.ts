import { Schedule, type ScheduleState } from "@tapegrad/optim";
import { ValueError } from "@tapegrad/tensor";
import {
  expectNothing,
  expectValue,
  option,
  type OptionTable,
  ranges,
  settleOptions,
  settleState,
} from "@tapegrad/tensor/internal";
import type { Callback, Logs, Training } from "../training/callback.ts";

/** Options of {@link LearningRateSchedule}. */
export interface LearningRateScheduleOptions {
  /**
   * When the rate changes; "epoch" unless given. An update is made of as many batches as `gradientAccumulation` says, so that
   * "batch" and "update" differ only with that.
   */
  readonly per?: "epoch" | "batch" | "update";
}

/** The rate of a step, which is an epoch, a batch or an update, counted from 0, from its number and the rate so far. */
export type RateFunction = (step: number, lr: number) => number;

/** What {@link LearningRateSchedule} remembers: steps that it took, and the state of its schedule if it has one. */
export interface LearningRateScheduleState {
  /** Steps taken so far. */
  readonly steps: number;
  /** Whether the next one has begun. */
  readonly begun: boolean;
  /** The state of the schedule; null for a function. */
  readonly schedule: ScheduleState | null;
}

const table: OptionTable<LearningRateScheduleOptions> = {
  per: option(ranges.oneOf("epoch", "batch", "update"), "epoch"),
};

const scheduleRange = ranges.either(ranges.callable<RateFunction>(), ranges.instanceOf<Schedule>(Schedule));

/**
 * Sets the learning rate before each epoch, batch or update: to what a function of its number says, or as a schedule of
 * `optim` goes on, one step after each.
 *
 * @throws {ValueError} for another schedule or option; in a training, for a rate that is no number ≥ 0, and for a schedule
 *   of another optimizer
 * @example
 * const decay = new LearningRateSchedule((epoch, lr) => (epoch < 10 ? lr : lr * 0.9));
 * const net = new nn.Dense(2, 1);
 * const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 });
 * const cosine = new LearningRateSchedule(new optim.CosineAnnealingLR(optimizer, { tMax: 100 }), { per: "update" });
 */
export class LearningRateSchedule implements Callback {
  static readonly name: string = "LearningRateSchedule";
  readonly #schedule: Schedule | RateFunction;
  readonly #options: Required<LearningRateScheduleOptions>;
  #steps = 0;
  #begun = false;

  constructor(schedule: Schedule | RateFunction, options: LearningRateScheduleOptions = {}) {
    expectValue("LearningRateSchedule", "schedule", schedule, scheduleRange);
    this.#schedule = schedule;
    this.#options = settleOptions("LearningRateSchedule", options, table);
  }

  onTrainBegin({ optimizer }: Training): void {
    if (this.#schedule instanceof Schedule && this.#schedule.optimizer !== optimizer) {
      throw new ValueError(
        "LearningRateSchedule: expected a schedule of the optimizer that trains, got one of another. " +
          "Give compile the optimizer that the schedule was made for.",
      );
    }
    [this.#steps, this.#begun] = [0, false];
  }

  onEpochBegin(epoch: number, training: Training): void {
    if (this.#options.per === "epoch") this.#begin(epoch, training);
  }

  onBatchBegin(_batch: number, training: Training): void {
    if (this.#options.per !== "epoch") this.#begin(this.#steps, training);
  }

  onBatchEnd(_batch: number, _logs: Logs, training: Training): void {
    if (this.#options.per === "batch") this.#end();
    else this.#endUpdate(training);
  }

  onEpochEnd(_epoch: number, _logs: Logs, training: Training): void {
    if (this.#options.per === "epoch") this.#end();
    else this.#endUpdate(training);
  }

  /** Ends the step if an update is over: that of the last batches of an epoch may be so after its last batch. */
  #endUpdate({ updates }: Training): void {
    if (this.#options.per === "update" && updates > this.#steps) this.#end();
  }

  #begin(step: number, { optimizer }: Training): void {
    if (this.#begun) return;
    this.#begun = true;
    if (this.#schedule instanceof Schedule) return;
    const lr: unknown = this.#schedule(step, optimizer.lr);
    expectValue("LearningRateSchedule", `the rate of step ${step}`, lr, ranges.nonNegative);
    optimizer.lr = lr;
  }

  #end(): void {
    this.#steps++;
    this.#begun = false;
    if (this.#schedule instanceof Schedule) this.#schedule.step();
  }

  /** Steps taken, and the state of the schedule. */
  stateDict(): LearningRateScheduleState {
    const schedule = this.#schedule instanceof Schedule ? this.#schedule.stateDict() : null;
    return { steps: this.#steps, begun: this.#begun, schedule };
  }

  /** Takes over what {@link stateDict} returned, after `onTrainBegin`. */
  loadStateDict(state: LearningRateScheduleState, ...none: []): void {
    expectNothing("LearningRateSchedule.loadStateDict", none);
    const fn = "LearningRateSchedule.loadStateDict";
    const { steps, begun, schedule } = settleState(fn, state);
    expectValue(fn, "steps", steps, ranges.whole(0));
    expectValue(fn, "begun", begun, ranges.flag);
    if (this.#schedule instanceof Schedule) {
      expectValue(fn, "schedule", schedule, ranges.record);
      this.#schedule.loadStateDict(schedule);
    }
    [this.#steps, this.#begun] = [steps, begun];
  }
}
