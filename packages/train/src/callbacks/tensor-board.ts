import { builtin } from "@tapegrad/files";
import { EventFile, type Summary } from "@tapegrad/io/internal";
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
import { validationOf } from "../training/validation-of.ts";
import type { Callback, Logs, Training } from "../training/callback.ts";

/** Options of {@link TensorBoard}. */
export interface TensorBoardOptions {
  /** After how many epochs to write histograms of all parameters; 0, which is never, unless given. */
  readonly histogramFrequency?: number;
  /** After how many batches to write their figures too; never unless given. */
  readonly batchFrequency?: number | undefined;
}

const table: OptionTable<TensorBoardOptions> = {
  histogramFrequency: option(ranges.whole(0), 0),
  batchFrequency: optional(ranges.count),
};

/** What {@link TensorBoard} remembers. */
export interface TensorBoardState {
  /** Batches so far. */
  readonly batches: number;
}

const folderName: ValueRange<string> = {
  text: "to be the name of a folder",
  has: (value): value is string => typeof value === "string",
};

/**
 * Writes event files that TensorBoard plots: the figures of each epoch into the folders `train` and `validation`, under
 * equal names, so that both lie in one chart; histograms of parameters, and the figures of batches under `batch/...`, if
 * asked for. A dry run writes nothing.
 *
 * @param folder where the folders are made; one for each run
 * @throws {ValueError} for an option that is not allowed; when the training begins, where there are no files
 * @see TensorFlow, event.proto and summary.proto; https://www.tensorflow.org/tutorials/load_data/tfrecord
 * @example
 * const callbacks = [new TensorBoard("logs/first", { histogramFrequency: 1 })];
 */
export class TensorBoard implements Callback {
  static readonly name: string = "TensorBoard";
  readonly #folder: string;
  readonly #options: Required<TensorBoardOptions>;
  #files: { readonly train: EventFile; readonly validation: EventFile } | undefined;
  #batches = 0;

  constructor(folder: string = "logs", options: TensorBoardOptions = {}) {
    expectValue("TensorBoard", "folder", folder, folderName);
    this.#folder = folder;
    this.#options = settleOptions("TensorBoard", options, table);
  }

  onTrainBegin(training: Training): void {
    this.#batches = 0;
    const { join } = builtin("TensorBoard", "path");
    const file = (part: string): EventFile => new EventFile("TensorBoard", join(this.#folder, part));
    this.#files = training.dryRun ? undefined : { train: file("train"), validation: file("validation") };
  }

  onBatchEnd(_batch: number, logs: Logs): void {
    this.#batches++;
    const { batchFrequency } = this.#options;
    if (this.#files === undefined || batchFrequency === undefined || this.#batches % batchFrequency !== 0) return;
    const scalars = Object.entries(logs).map(([name, scalar]) => ({ tag: `batch/${name}`, scalar }));
    this.#files.train.write(this.#batches, scalars);
  }

  onEpochEnd(epoch: number, logs: Logs, training: Training): void {
    if (this.#files === undefined) return;
    const train: Summary[] = [];
    const validation: Summary[] = [];
    for (const [name, scalar] of Object.entries(logs)) {
      const tag = validationOf(name);
      if (tag === undefined) train.push({ tag: name, scalar });
      else validation.push({ tag, scalar });
    }
    const { histogramFrequency } = this.#options;
    if (histogramFrequency > 0 && (epoch + 1) % histogramFrequency === 0) {
      for (const [tag, { data: values }] of training.net.namedParameters()) train.push({ tag, values });
    }
    this.#files.train.write(epoch, train);
    this.#files.validation.write(epoch, validation);
  }

  /** How many batches there were, which the figures of later ones are counted from. */
  stateDict(): TensorBoardState {
    return { batches: this.#batches };
  }

  /**
   * Takes over what {@link stateDict} returned, after `onTrainBegin`, which forgets it.
   *
   * @throws {ValueError} for anything else
   */
  loadStateDict(state: TensorBoardState, ...none: []): void {
    expectNothing("TensorBoard.loadStateDict", none);
    const { batches } = settleState("TensorBoard.loadStateDict", state);
    expectValue("TensorBoard.loadStateDict", "batches", batches, ranges.whole(0));
    this.#batches = batches;
  }
}
