import { compile } from "@tapegrad/compile";
import { WeightAverage, type WeightAverageState } from "@tapegrad/optim";
import { ValueError } from "@tapegrad/tensor";
import { expectNothing, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import type { Callback, Logs, Training } from "../training/callback.ts";

/** Options of {@link ExponentialMovingAverage}. */
export interface ExponentialMovingAverageOptions {
  /** Share of the average that stays in each update, in [0, 1]; 0.99 unless given. */
  readonly decay?: number;
  /** Whether validations are of the averages; true unless given. */
  readonly swapForValidation?: boolean;
  /** Whether the net keeps the averages after the training; true unless given. */
  readonly swapAtEnd?: boolean;
  /** Whether the update is compiled; true unless given. */
  readonly compile?: boolean;
}

const table: OptionTable<ExponentialMovingAverageOptions> = {
  decay: option(ranges.unit, 0.99),
  swapForValidation: option(ranges.flag, true),
  swapAtEnd: option(ranges.flag, true),
  compile: option(ranges.flag, true),
};

/**
 * Keeps an exponential moving average of the weights, `ā ← decay·ā + (1 − decay)·w` after every update, validates with it,
 * and leaves it in the net at the end. With `gradientAccumulation`, an update comes after each group of batches.
 *
 * Running statistics of BatchNorm are those of the weights that were trained: `recalibrate` makes those of the averages.
 * Callbacks that save weights at the end of an epoch save those that are trained.
 *
 * @throws {ValueError} for an option that is not allowed
 * @see Polyak and Juditsky, Acceleration of Stochastic Approximation by Averaging (1992), https://doi.org/10.1137/0330046
 * @example
 * const average = new ExponentialMovingAverage({ decay: 0.999 });
 */
export class ExponentialMovingAverage implements Callback {
  static readonly name: string = "ExponentialMovingAverage";
  readonly #options: Required<ExponentialMovingAverageOptions>;
  #average: WeightAverage | undefined;
  #update: () => void = () => undefined;
  /** Updates that it has seen. */
  #updates = 0;
  #isSwapped = false;

  constructor(options: ExponentialMovingAverageOptions = {}) {
    this.#options = settleOptions("ExponentialMovingAverage", options, table);
  }

  onTrainBegin({ net }: Training): void {
    const average = new WeightAverage(net.parameters(), { decay: this.#options.decay });
    const update = (): undefined => {
      average.update();
    };
    this.#average = average;
    this.#updates = 0;
    this.#update = this.#options.compile ? compile(update) : update;
  }

  onBatchEnd(_batch: number, _logs: Logs, training: Training): void {
    this.#follow(training);
  }

  onValidationBegin(_epoch: number, training: Training): void {
    this.#follow(training);
    if (this.#options.swapForValidation) this.#swap();
  }

  onValidationEnd(): void {
    if (this.#options.swapForValidation) this.#swap();
  }

  onEpochEnd(_epoch: number, _logs: Logs, training: Training): void {
    this.#follow(training);
  }

  onTrainEnd(): void {
    // After an error in a validation the net may have the averages.
    if (this.#isSwapped) this.#swap();
    if (this.#options.swapAtEnd) this.#swap();
    this.#update = () => undefined;
  }

  /** Takes the weights into the averages if they have been updated: the last group of an epoch may end after its last batch. */
  #follow({ updates }: Training): void {
    if (updates === this.#updates) return;
    this.#updates = updates;
    this.#update();
  }

  #swap(): void {
    this.#average?.swap();
    this.#isSwapped = !this.#isSwapped;
  }

  /** The averages and the number of updates. */
  stateDict(): WeightAverageState {
    return this.#begun("stateDict").stateDict();
  }

  /** Takes over what {@link stateDict} returned, after `onTrainBegin`, which begins anew. */
  loadStateDict(state: WeightAverageState, ...none: []): void {
    expectNothing("ExponentialMovingAverage.loadStateDict", none);
    this.#begun("loadStateDict").loadStateDict(state);
    this.#updates = state.count;
  }

  #begun(method: string): WeightAverage {
    if (this.#average !== undefined) return this.#average;
    throw new ValueError(`ExponentialMovingAverage.${method}: expected a training that has begun, got none.`);
  }
}
