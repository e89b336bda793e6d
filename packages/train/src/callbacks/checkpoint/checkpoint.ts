import { builtin, pathRange, writeWhole } from "@tapegrad/files";
import { encodeSafetensors } from "@tapegrad/io";
import { writeCheckpoint } from "@tapegrad/io/internal";
import {
  expectNothing,
  expectValue,
  option,
  type OptionTable,
  ranges,
  resolveName,
  settleOptions,
  settleState,
} from "@tapegrad/tensor/internal";
import type { Callback, Logs, Training } from "../../training/callback.ts";
import { Monitor, type MonitorOptions, monitorTable } from "../monitor.ts";

/** Options of {@link Checkpoint}. */
export interface CheckpointOptions extends MonitorOptions {
  /** Whether to write only when the figure is better than ever; false unless given. */
  readonly saveBestOnly?: boolean;
  /** Whether to write weights and buffers of the net alone; false unless given. */
  readonly saveWeightsOnly?: boolean;
  /** How many epochs or batches lie between two files; 1 unless given. */
  readonly frequency?: number;
  /** What `frequency` counts; "epoch" unless given. */
  readonly per?: "epoch" | "batch";
}

const table: OptionTable<CheckpointOptions> = {
  ...monitorTable,
  saveBestOnly: option(ranges.flag, false),
  saveWeightsOnly: option(ranges.flag, false),
  frequency: option(ranges.count, 1),
  per: option(ranges.oneOf("epoch", "batch"), "epoch"),
};

/** What {@link Checkpoint} remembers. */
export interface CheckpointState {
  /** The best figure so far; null before the first. */
  readonly best: number | null;
  /** Epochs or batches since the last file that was due. */
  readonly since: number;
  /** The epoch that runs. */
  readonly epoch: number;
  /** Batches of it that are done. */
  readonly batch: number;
}

const fresh: CheckpointState = { best: null, since: 0, epoch: 0, batch: 0 };

/**
 * Writes what is needed to go on exactly here, `Training.stateDict`, or the weights alone, after epochs or batches.
 *
 * In the path, `{epoch}` is the number of the epoch from 1, `{batch}` that of the batch in it, and the name of a figure,
 * such as `{valLoss}`, the figure with four decimals. A file is there as a whole or as it was before. With `dryRun` nothing
 * is written. `io.loadCheckpoint` reads a file for `fit({ resume })`; one of weights alone is a plain safetensors file, which
 * `io.loadSafetensors` and PyTorch read.
 *
 * @param path of the file, `.safetensors`; its folder is made
 * @throws {ValueError} for an option that is not allowed, where there are no files, and for figures that the logs do not have
 * @example
 * const every = new Checkpoint("runs/{epoch}-{valLoss}.safetensors");
 * const best = new Checkpoint("runs/best.safetensors", { saveBestOnly: true, monitor: "valAccuracy", saveWeightsOnly: true });
 */
export class Checkpoint implements Callback {
  static readonly name: string = "Checkpoint";
  readonly #path: string;
  readonly #options: Required<CheckpointOptions>;
  /** What tells good figures; undefined if all are written. */
  readonly #monitor: Monitor | undefined;
  #state: CheckpointState = fresh;

  constructor(path: string, options: CheckpointOptions = {}) {
    expectValue("Checkpoint", "path", path, pathRange);
    this.#path = path;
    this.#options = settleOptions("Checkpoint", options, table);
    this.#monitor = this.#options.saveBestOnly ? new Monitor("Checkpoint", this.#options) : undefined;
  }

  /** The best figure so far; undefined before the first, and without `saveBestOnly`. */
  get best(): number | undefined {
    return this.#state.best ?? undefined;
  }

  onTrainBegin({ dryRun }: Training): void {
    this.#state = fresh;
    // Before hours of training rather than after.
    if (!dryRun) builtin("Checkpoint", "fs");
  }

  onEpochBegin(epoch: number): void {
    this.#state = { ...this.#state, epoch, batch: 0 };
  }

  onBatchEnd(batch: number, logs: Logs, training: Training): void {
    this.#state = { ...this.#state, batch: batch + 1 };
    if (this.#options.per === "batch" && this.#isDue(logs)) this.#write(logs, training);
  }

  onEpochEnd(_epoch: number, logs: Logs, training: Training): void {
    if (this.#options.per === "epoch" && this.#isDue(logs)) this.#write(logs, training);
  }

  #isDue(logs: Logs): boolean {
    const since = this.#state.since + 1;
    const isDue = since >= this.#options.frequency;
    this.#state = { ...this.#state, since: isDue ? 0 : since };
    if (!isDue || this.#monitor === undefined) return isDue;
    const value = this.#monitor.valueIn(logs);
    const isBest = this.#monitor.isBetter(value, this.#state.best);
    if (isBest) this.#state = { ...this.#state, best: value };
    return isBest;
  }

  #write(logs: Logs, training: Training): void {
    const path = this.#pathWith(logs);
    if (training.dryRun) return;
    if (this.#options.saveWeightsOnly) writeWhole("Checkpoint", path, encodeSafetensors(training.net.stateDict()));
    else writeCheckpoint("Checkpoint", path, { ...training.stateDict() });
  }

  #pathWith(logs: Logs): string {
    const { epoch, batch } = this.#state;
    const numbers: Readonly<Record<string, number>> = { epoch: epoch + 1, batch };
    return this.#path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => {
      if (name in numbers) return String(numbers[name]);
      return resolveName("Checkpoint", undefined, logs, name).toFixed(4);
    });
  }

  /** Best figure, and how long ago a file was due. */
  stateDict(): CheckpointState {
    return { ...this.#state };
  }

  /**
   * Takes over what {@link stateDict} returned, after `onTrainBegin`, which forgets all.
   *
   * @throws {ValueError} for anything else; nothing has changed then
   */
  loadStateDict(state: CheckpointState, ...none: []): void {
    expectNothing("Checkpoint.loadStateDict", none);
    const fn = "Checkpoint.loadStateDict";
    const { best, since, epoch, batch } = settleState(fn, state);
    expectValue(fn, "best", best, ranges.orNull(ranges.bound));
    expectValue(fn, "since", since, ranges.whole(0));
    expectValue(fn, "epoch", epoch, ranges.whole(0));
    expectValue(fn, "batch", batch, ranges.whole(0));
    this.#state = { best, since, epoch, batch };
  }
}
