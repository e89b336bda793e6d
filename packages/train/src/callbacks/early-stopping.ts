import {
  expectNothing,
  expectState,
  expectValue,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
  settleState,
} from "@tapegrad/tensor/internal";
import type { StateDict } from "@tapegrad/nn";
import { snapshot } from "@tapegrad/io/internal";
import type { Callback, Logs, Training } from "../training/callback.ts";
import { Monitor, type MonitorOptions, monitorTable } from "./monitor.ts";

/** Options of {@link EarlyStopping}. */
export interface EarlyStoppingOptions extends MonitorOptions {
  /** Epochs without improvement that are tolerated; 0 unless given. */
  readonly patience?: number;
  /** What the figure has to be better than before an epoch counts as improvement. */
  readonly baseline?: number | undefined;
  /** Whether weights and buffers of the best epoch are restored at the end; false unless given. */
  readonly restoreBestWeights?: boolean;
  /** First epoch that is looked at, counted from 0; 0 unless given. */
  readonly startFromEpoch?: number;
}

const table: OptionTable<EarlyStoppingOptions> = {
  ...monitorTable,
  patience: option(ranges.whole(0), 0),
  baseline: optional(ranges.finite),
  restoreBestWeights: option(ranges.flag, false),
  startFromEpoch: option(ranges.whole(0), 0),
};

/** What {@link EarlyStopping} remembers. */
export interface EarlyStoppingState {
  /** The best figure so far; null before the first. */
  readonly best: number | null;
  /** The epoch that it is of; null before the first. */
  readonly bestEpoch: number | null;
  /** Epochs since then. */
  readonly wait: number;
  /** The epoch that the training was stopped at; null unless it was. */
  readonly stoppedEpoch: number | null;
  /** Weights and buffers of the best epoch, where they are to be restored. */
  readonly weights: StateDict | null;
}

const fresh: EarlyStoppingState = { best: null, bestEpoch: null, wait: 0, stoppedEpoch: null, weights: null };
const wholeOrNull = ranges.orNull(ranges.whole(0));

/**
 * Stops a training when a figure has not become better for `patience` epochs, and restores weights and buffers of the best
 * epoch if asked to, also when the training ends otherwise.
 *
 * The first epoch never stops. NaN is no improvement.
 *
 * @throws {ValueError} for an option that is not allowed; at the end of an epoch, for a `monitor` that the logs do not have
 * @example
 * const stopping = new EarlyStopping({ monitor: "val_loss", patience: 3, restoreBestWeights: true });
 */
export class EarlyStopping implements Callback {
  static readonly name: string = "EarlyStopping";
  readonly #options: Required<EarlyStoppingOptions>;
  readonly #monitor: Monitor;
  #state: EarlyStoppingState = fresh;

  constructor(options: EarlyStoppingOptions = {}) {
    this.#options = settleOptions("EarlyStopping", options, table);
    this.#monitor = new Monitor("EarlyStopping", this.#options);
  }

  /** The best figure; undefined before the first. */
  get best(): number | undefined {
    return this.#state.best ?? undefined;
  }

  /** The epoch that it is of, counted from 0. */
  get bestEpoch(): number | undefined {
    return this.#state.bestEpoch ?? undefined;
  }

  /** The epoch that the training was stopped at; undefined unless it was. */
  get stoppedEpoch(): number | undefined {
    return this.#state.stoppedEpoch ?? undefined;
  }

  onTrainBegin(): void {
    this.#state = fresh;
  }

  onEpochEnd(epoch: number, logs: Logs, training: Training): void {
    const { patience, baseline, restoreBestWeights, startFromEpoch } = this.#options;
    const value = this.#monitor.valueIn(logs);
    if (epoch < startFromEpoch) return;
    const { best, bestEpoch, weights } = this.#state;
    let wait = this.#state.wait + 1;
    const keep = (): StateDict | null => (restoreBestWeights ? snapshot(training.net.stateDict()) : null);
    if (this.#monitor.isBetter(value, best)) {
      if (baseline === undefined || this.#monitor.isBetter(value, baseline)) wait = 0;
      this.#state = { best: value, bestEpoch: epoch, wait, stoppedEpoch: null, weights: keep() };
    } else {
      // Where no epoch is any good, the first is the one to go back to.
      this.#state = { best, bestEpoch, wait, stoppedEpoch: null, weights: weights ?? keep() };
    }
    if (wait > 0 && wait >= patience && epoch > 0) {
      this.#state = { ...this.#state, stoppedEpoch: epoch };
      training.stop();
    }
  }

  onTrainEnd({ net }: Training): void {
    if (this.#state.weights !== null) net.loadStateDict(this.#state.weights);
  }

  /** Best figure, how long ago it was, and the weights of then. */
  stateDict(): EarlyStoppingState {
    return snapshot(this.#state);
  }

  /**
   * Takes over what {@link stateDict} returned, after `onTrainBegin`, which forgets all.
   *
   * @throws {ValueError} for anything else; nothing has changed then
   */
  loadStateDict(state: EarlyStoppingState, ...none: []): void {
    expectNothing("EarlyStopping.loadStateDict", none);
    const fn = "EarlyStopping.loadStateDict";
    const { best, bestEpoch, wait, stoppedEpoch, weights } = settleState(fn, state);
    expectValue(fn, "best", best, ranges.orNull(ranges.bound));
    expectValue(fn, "bestEpoch", bestEpoch, wholeOrNull);
    expectValue(fn, "wait", wait, ranges.whole(0));
    expectValue(fn, "stoppedEpoch", stoppedEpoch, wholeOrNull);
    if (weights !== null) expectState(fn, weights);
    this.#state = { best, bestEpoch, wait, stoppedEpoch, weights };
  }
}
