import { Schedule, type ScheduleState } from "@tapegrad/optim";
import { resolveSchedule } from "@tapegrad/optim/internal";
import { ValueError } from "@tapegrad/tensor";
import {
  expectNothing,
  expectValue,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
  settleState,
  type ValueRange,
} from "@tapegrad/tensor/internal";
import type { Callback, Logs, Training } from "../training/callback.ts";

/** Options of {@link LearningRateSchedule}. */
export interface LearningRateScheduleOptions {
  /**
   * When the rate changes; "epoch" unless given. An update is made of as many batches as `gradientAccumulation` says, so that
   * "batch" and "update" differ only with that.
   */
  readonly per?: "epoch" | "batch" | "update";
  /** Options of a schedule that is given by its name, such as `{ tMax: 100 }`. */
  readonly options?: object | undefined;
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
  options: optional(ranges.record),
};

const scheduleRange: ValueRange<Schedule | RateFunction | string> = {
  text: "to be a Schedule, its name or a function",
  has: (value): value is Schedule | RateFunction | string =>
    value instanceof Schedule || typeof value === "function" || typeof value === "string",
};

/**
 * Sets the learning rate before each epoch, batch or update: to what a function of its number says, or as a schedule of
 * `optim` goes on, one step after each.
 *
 * A schedule by its name, in camelCase or snake_case, is made with `options` for the optimizer that trains, when it begins.
 *
 * @throws {ValueError} for another schedule or option; in a training, for a rate that is no number ≥ 0, for a schedule
 *   of another optimizer, and for `options` that the named schedule does not have
 * @example
 * const decay = new LearningRateSchedule((epoch, lr) => (epoch < 10 ? lr : lr * 0.9));
 * const net = new nn.Dense(2, 1);
 * const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 });
 * const cosine = new LearningRateSchedule(new optim.CosineAnnealingLR(optimizer, { tMax: 100 }), { per: "update" });
 * const oneCycle = new LearningRateSchedule("oneCycleLR", { per: "update", options: { maxLr: 0.1, totalSteps: 100 } });
 */
export class LearningRateSchedule implements Callback {
  static readonly name: string = "LearningRateSchedule";
  #schedule: Schedule | RateFunction | undefined;
  /** Makes the schedule of a name. */
  readonly #make: ReturnType<typeof resolveSchedule> | undefined;
  readonly #options: Required<LearningRateScheduleOptions>;
  #steps = 0;
  #begun = false;

  constructor(schedule: Schedule | RateFunction | string, options: LearningRateScheduleOptions = {}) {
    const fn = "LearningRateSchedule";
    expectValue(fn, "schedule", schedule, scheduleRange);
    this.#options = settleOptions(fn, options, table);
    if (typeof schedule === "string") this.#make = resolveSchedule(fn, "a Schedule, a function", schedule);
    else if (this.#options.options === undefined) this.#schedule = schedule;
    else
      throw new ValueError(`${fn}: expected options with the name of a schedule only, got them with one that is made.`);
  }

  onTrainBegin({ optimizer }: Training): void {
    if (this.#make !== undefined && (this.#schedule as Schedule | undefined)?.optimizer !== optimizer) {
      this.#schedule = this.#make(optimizer, this.#options.options ?? {});
    }
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
    if (typeof this.#schedule !== "function") return;
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
