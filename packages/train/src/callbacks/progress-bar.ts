import { option, type OptionTable, settleOptions } from "@tapegrad/tensor/internal";
import { Meter, type ProgressOptions, progressTable } from "../progress/meter.ts";
import type { Callback, Logs, Training } from "../training/callback.ts";

/** Options of {@link ProgressBar}. */
export interface ProgressBarOptions extends Pick<ProgressOptions, "interval" | "stream" | "show"> {
  /** What is counted; "batch" unless given. */
  readonly unit?: string;
}

const table: OptionTable<ProgressBarOptions> = {
  interval: progressTable.interval,
  stream: progressTable.stream,
  show: progressTable.show,
  unit: option(progressTable.unit.range, "batch"),
};

/**
 * A bar for each epoch with the figures so far, and at its end those of the validation: what `fit` shows with `verbose: 1`.
 *
 * Figures are read when the bar is drawn. Where there is no terminal, each epoch leaves plain lines; see `progress`.
 *
 * @throws {ValueError} for an option that is not allowed
 * @example
 * const lines: string[] = [];
 * const bar = new ProgressBar({ show: ({ description, done, total }) => lines.push(`${description} ${done}/${total}`) });
 */
export class ProgressBar implements Callback {
  static readonly name: string = "ProgressBar";
  readonly #options: Required<ProgressBarOptions>;
  #meter: Meter | undefined;

  constructor(options: ProgressBarOptions = {}) {
    this.#options = settleOptions("ProgressBar", options, table);
  }

  onEpochBegin(_epoch: number, training: Training): void {
    this.#meter = this.#meterFrom(0, training);
  }

  onBatchEnd(batch: number, logs: Logs, training: Training): void {
    // A training that is resumed in the middle of an epoch does not begin it.
    this.#meter ??= this.#meterFrom(batch, training);
    this.#meter.metrics = logs;
    this.#meter.count();
  }

  onEpochEnd(_epoch: number, logs: Logs): void {
    if (this.#meter !== undefined) this.#meter.metrics = logs;
    this.#close();
  }

  onTrainEnd(): void {
    this.#close();
  }

  #meterFrom(initial: number, { epoch, epochs, steps: total }: Training): Meter {
    return new Meter({
      ...settleOptions("ProgressBar", {}, progressTable),
      ...this.#options,
      ...{ initial, total, description: `Epoch ${epoch + 1}/${epochs}` },
    });
  }

  #close(): void {
    this.#meter?.close();
    this.#meter = undefined;
  }
}
