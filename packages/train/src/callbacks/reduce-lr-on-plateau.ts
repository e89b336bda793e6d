import { type PlateauState, ReduceLROnPlateau as PlateauSchedule } from "@tapegrad/optim";
import { expectNothing, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import type { Callback, Logs, Training } from "../training/callback.ts";
import { Monitor, type MonitorOptions, monitorTable } from "./monitor.ts";

/** Options of {@link ReduceLROnPlateau}. */
export interface ReduceLROnPlateauOptions extends MonitorOptions {
  /** Factor of each reduction, in [0, 1); 0.1 unless given. */
  readonly factor?: number;
  /** The epoch without improvement, counted from 1, after which the rate is reduced; 10 unless given. */
  readonly patience?: number;
  /** Epochs after a reduction before the next is counted towards another; 0 unless given. */
  readonly cooldown?: number;
  /** Lower bound of the rate; 0 unless given. */
  readonly minLr?: number;
}

const table: OptionTable<ReduceLROnPlateauOptions> = {
  ...monitorTable,
  minDelta: option(ranges.nonNegative, 1e-4),
  factor: option(ranges.fraction, 0.1),
  patience: option(ranges.whole(0), 10),
  cooldown: option(ranges.whole(0), 0),
  minLr: option(ranges.nonNegative, 0),
};

/**
 * Multiplies the learning rate by `factor` after `patience` epochs in which a figure has not become better by more than
 * `minDelta`. It counts as Keras does; the schedule of that name in `optim`, one epoch later, as PyTorch does.
 *
 * @throws {ValueError} for an option that is not allowed; at the end of an epoch, for a `monitor` that the logs do not have
 * @example
 * const plateau = new ReduceLROnPlateau({ monitor: "valLoss", factor: 0.5, patience: 3 });
 */
export class ReduceLROnPlateau implements Callback {
  static readonly name: string = "ReduceLROnPlateau";
  readonly #options: Required<ReduceLROnPlateauOptions>;
  readonly #monitor: Monitor;
  #schedule: PlateauSchedule | undefined;
  /** A state for the schedule that is still to be made. */
  #loaded: PlateauState | undefined;

  constructor(options: ReduceLROnPlateauOptions = {}) {
    this.#options = settleOptions("ReduceLROnPlateau", options, table);
    this.#monitor = new Monitor("ReduceLROnPlateau", this.#options);
  }

  onTrainBegin(): void {
    [this.#schedule, this.#loaded] = [undefined, undefined];
  }

  onEpochEnd(_epoch: number, logs: Logs, training: Training): void {
    const value = this.#monitor.valueIn(logs);
    this.#schedule ??= this.#scheduleOf(training);
    this.#schedule.step(value);
  }

  #scheduleOf({ optimizer }: Training): PlateauSchedule {
    const { factor, patience, cooldown, minDelta, minLr } = this.#options;
    const schedule = new PlateauSchedule(optimizer, {
      ...{ factor, minLr, mode: this.#monitor.mode, threshold: minDelta, thresholdMode: "abs", eps: 0 },
      // PyTorch reduces at the first epoch beyond patience, and counts again after the last of the cooldown; Keras at these.
      patience: Math.max(patience - 1, 0),
      cooldown: Math.max(cooldown - 1, 0),
    });
    if (this.#loaded !== undefined) schedule.loadStateDict(this.#loaded);
    return schedule;
  }

  /** Best figure and counters. */
  stateDict(): PlateauState {
    return this.#schedule?.stateDict() ?? this.#loaded ?? { best: null, badSteps: 0, cooldownLeft: 0 };
  }

  /** Takes over what {@link stateDict} returned, after `onTrainBegin`, which forgets all; the rate is the optimizer's state. */
  loadStateDict(state: PlateauState, ...none: []): void {
    expectNothing("ReduceLROnPlateau.loadStateDict", none);
    // Checks all of it, also while there is no optimizer yet.
    (this.#schedule ?? new PlateauSchedule({ groups: [] })).loadStateDict(state);
    this.#loaded = { ...state };
  }
}
