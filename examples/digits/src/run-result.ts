import type { NormName } from "./norms.ts";

/** Mean and standard deviation of all values that a layer put out for the training images. */
export interface LayerStatistics {
  readonly name: string;
  readonly mean: number;
  readonly std: number;
}

/** What was measured after an epoch. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  /** Mean cross-entropy over the epoch's training batches. */
  readonly trainLoss: number;
  readonly testLoss: number;
  /** From 0 to 1. */
  readonly testAccuracy: number;
  readonly layers: readonly LayerStatistics[];
}

/** One trained network. */
export interface RunResult {
  readonly norm: NormName;
  readonly seed: number;
  /** After the last epoch, from 0 to 1. */
  readonly testAccuracy: number;
  /** Training loss of the last epoch. */
  readonly finalLoss: number;
  readonly seconds: number;
  /** Trainable parameters. */
  readonly parameters: number;
  /** Activations before the first step. */
  readonly initial: readonly LayerStatistics[];
  readonly history: readonly EpochRecord[];
}
