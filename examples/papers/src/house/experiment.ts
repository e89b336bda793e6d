import type { Figure } from "./figure.ts";

/** What a run is told apart by: `{ norm: "BatchNorm", batch: 32 }`. */
export type Condition = Readonly<Record<string, string | number>>;

/** What a run measured: figures, or lists of them. */
export type Measures = Readonly<Record<string, number | readonly number[]>>;

/** One training or measurement. */
export interface Run<C extends Condition = Condition, M extends Measures = Measures> {
  readonly condition: C;
  readonly seed: number;
  readonly measures: M;
}

/** Where something was published. */
export interface Paper {
  /** Authors, title and year. */
  readonly title: string;
  readonly link: string;
}

/** What one seed of one condition is run with. */
export interface Setting<D, C extends Condition> {
  /** What `prepare` gave. */
  readonly data: D;
  readonly condition: C;
  /** Decides about weights, batches and noise. */
  readonly seed: number;
  /** Whether everything is only tried once, in about a second. */
  readonly dryRun: boolean;
}

/** An experiment of a paper, run again. */
export interface Experiment<D = unknown, C extends Condition = Condition, M extends Measures = Measures> {
  readonly title: string;
  readonly paper: Paper;
  /** What is compared: one run for each of them and each seed. */
  readonly conditions: readonly C[];
  /** How many seeds unless the command line says; they count from 0. */
  readonly seeds: number;
  /** What all runs share, such as images. */
  readonly prepare: (dryRun: boolean) => D | Promise<D>;
  readonly run: (setting: Setting<D, C>) => M | Promise<M>;
  /** The table of results; its first row is the head. */
  readonly table: (runs: readonly Run<C, M>[]) => readonly (readonly string[])[];
  readonly figure: (runs: readonly Run<C, M>[]) => Figure;
}

/** The experiment, whose own types nobody else needs: what it measured is read by its own table and figure only. */
export function experiment<D, C extends Condition, M extends Measures>(own: Experiment<D, C, M>): Experiment {
  return own as unknown as Experiment;
}
