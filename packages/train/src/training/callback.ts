import type { Module } from "@tapegrad/nn";
import type { Optimizer } from "@tapegrad/optim";
import type { Tensor } from "@tapegrad/tensor";
import type { History } from "./history.ts";

/** Figures by name: `loss`, `accuracy`, `valLoss`. */
export type Logs = { readonly [name: string]: number };

/** What a callback sees of the training that it is part of. */
export interface Training {
  /** The network, whose weights may be read and assigned to. */
  readonly net: Module;
  /** The optimizer, whose settings may be changed. */
  readonly optimizer: Optimizer;
  /** What the epochs so far gave. */
  readonly history: History;
  /** The epoch that runs or, at the end of one, comes next; counted from 0. */
  readonly epoch: number;
  /** Updates of the weights so far: one a batch, or with `gradientAccumulation` one a group of batches. */
  readonly updates: number;
  /** The epoch after the last, counted from 0. */
  readonly epochs: number;
  /** Batches in an epoch; undefined for a stream of unknown length. */
  readonly steps: number | undefined;
  /** Whether nothing is to be written, since one batch of everything is only tried. */
  readonly dryRun: boolean;
  /** Everything that a later `fit` needs to go on exactly here: net, optimizer, loader, callbacks, history. */
  stateDict(): object;
  /** The loss of the last batch with the present weights once more, operation by operation and recorded, without an update. */
  rerun(): Tensor;
  /** Ends the training after the current batch, or epoch if called at its end. */
  stop(): void;
}

/**
 * What is called while a model is trained. Each method may return a promise, which is waited for.
 *
 * Callbacks are called in the order of their list. When one throws, the training ends with that error, after `onTrainEnd`
 * of all that had begun.
 */
export interface Callback {
  /** Before the first epoch. */
  onTrainBegin?(training: Training): void | Promise<void>;
  /** After the last epoch, after a stop, and after an error; closes what is open. */
  onTrainEnd?(training: Training): void | Promise<void>;
  /** Before the first batch of an epoch, counted from 0. */
  onEpochBegin?(epoch: number, training: Training): void | Promise<void>;
  /** Before the validation of an epoch, if there is any. */
  onValidationBegin?(epoch: number, training: Training): void | Promise<void>;
  /** After the validation of an epoch. */
  onValidationEnd?(epoch: number, training: Training): void | Promise<void>;
  /** After the last batch of an epoch and its validation; `logs` has the figures of both. */
  onEpochEnd?(epoch: number, logs: Logs, training: Training): void | Promise<void>;
  /** Before a batch of training, counted from 0 in each epoch. */
  onBatchBegin?(batch: number, training: Training): void | Promise<void>;
  /** After a batch of training; `logs` has the figures of the epoch so far. Reading a figure costs what has to be waited for. */
  onBatchEnd?(batch: number, logs: Logs, training: Training): void | Promise<void>;
  /** What it needs to go on exactly where it stands; part of `Training.stateDict`. */
  stateDict?(): object;
  /** Takes over what `stateDict` gave. */
  loadStateDict?(state: object): void;
}
