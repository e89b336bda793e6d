import { ShapeError, Tensor, ValueError } from "@tapegrad/tensor";
import {
  isPlainObject,
  optional,
  type OptionTable,
  ranges,
  required,
  settleOptions,
  type ValueRange,
} from "@tapegrad/tensor/internal";
import type { ModuleSummary } from "../summary/module-summary.ts";
import { textRange } from "./text-range.ts";

/** Figures of a training: a `History`, or what JSON has made of one. */
export interface HistoryData {
  /** The epochs, counted from 0; 0, 1, 2, ... unless given. */
  readonly epoch?: readonly number[];
  /** Figures of each epoch by name, such as `loss` and `valLoss`. */
  readonly history: { readonly [figure: string]: readonly number[] };
}

/** What a layer puts out, over all samples and units. */
export interface LayerActivations {
  /** What it is called. */
  readonly name: string;
  /** Mean of all that it puts out. */
  readonly mean: number;
  /** Standard deviation of all that it puts out. */
  readonly std: number;
  /** Share of values that are almost 0, from 0 to 1. */
  readonly nearZero?: number;
  /** Share of values at an end of the range of their activation, from 0 to 1. */
  readonly saturated?: number;
}

/** One training in a report. */
export interface ReportRun {
  /** What legends call it; "run 1" and so on unless given. */
  readonly name?: string | undefined;
  /** Its figures, epoch by epoch. */
  readonly history: HistoryData;
  /** How it was set up: options, seed, versions. */
  readonly configuration?: { readonly [name: string]: unknown } | undefined;
  /** What `summary` says of its network. */
  readonly summary?: ModuleSummary | undefined;
  /** How often class i was taken for class j, in row i and column j. */
  readonly confusion?: Tensor | readonly (readonly number[])[] | undefined;
  /** What the classes of `confusion` are called; 0, 1, 2, ... unless given. */
  readonly classes?: readonly string[] | undefined;
  /** What the layers put out after each epoch. */
  readonly activations?: readonly (readonly LayerActivations[])[] | undefined;
  /** What the layers put out before the first epoch. */
  readonly initialActivations?: readonly LayerActivations[] | undefined;
}

/** A run, checked, with all that has a standard. */
export interface Run {
  readonly name: string;
  /** Numbers of the epochs, from 1. */
  readonly epochs: readonly number[];
  readonly figures: ReadonlyMap<string, readonly number[]>;
  readonly configuration: { readonly [name: string]: unknown } | undefined;
  readonly summary: ModuleSummary | undefined;
  readonly confusion: Confusion | undefined;
  /** What the layers put out, by the number of the epoch; 0 is before training. */
  readonly activations: readonly (readonly [epoch: number, layers: readonly LayerActivations[]])[];
}

/** Counts of the pairs of true and predicted class. */
export interface Confusion {
  readonly counts: readonly (readonly number[])[];
  readonly classes: readonly string[];
}

const history: ValueRange<HistoryData> = {
  text: "to be a History, such as fit returns",
  has: (value): value is HistoryData =>
    typeof value === "object" && value !== null && isFigures((value as { readonly history?: unknown }).history),
};
const layers: ValueRange<readonly LayerActivations[]> = ranges.listOf({
  text: "to be such as { name, mean, std }",
  has: (value): value is LayerActivations => isPlainObject(value) && "mean" in value && "std" in value,
});

const table: OptionTable<ReportRun> = {
  name: optional(textRange),
  history: required(history),
  configuration: optional(ranges.record as ValueRange<{ readonly [name: string]: unknown }>),
  summary: optional({
    text: "to be what summary returns",
    has: (value): value is ModuleSummary => value instanceof Object && "rows" in value,
  }),
  confusion: optional({
    text: "to be a matrix of counts",
    has: (value): value is Tensor | readonly (readonly number[])[] =>
      value instanceof Tensor ? value.ndim === 2 : ranges.listOf(ranges.listOf(ranges.nonNegative)).has(value),
  }),
  classes: optional(ranges.listOf(textRange)),
  activations: optional(ranges.listOf(layers)),
  initialActivations: optional(layers),
};

/** One training, or several, as they are given. */
export type Reported = HistoryData | ReportRun | readonly (HistoryData | ReportRun)[];

/**
 * Checks runs and adds what was not given.
 *
 * @param fn name of the function that was called, for messages
 * @throws {ValueError} for what is no run, and when there is none, or none has an epoch
 * @throws {ShapeError} when a matrix of counts is not square, or classes or activations are not as many as they should be
 */
export function settleRuns(fn: string, reported: Reported): Run[] {
  const given = (Array.isArray(reported) ? reported : [reported]) as readonly (HistoryData | ReportRun)[];
  const runs = given.map((run, i) => settleRun(fn, isBare(run) ? { history: run } : run, i));
  if (runs.some(({ epochs }) => epochs.length > 0)) return runs;
  throw new ValueError(`${fn}: expected runs of at least one epoch, got ${runs.length === 0 ? "no run" : "none"}.`);
}

/** Whether what is called `history` holds figures, and is no history itself. */
function isBare(run: HistoryData | ReportRun): run is HistoryData {
  return history.has(run) && !history.has(run.history);
}

function settleRun(fn: string, given: ReportRun, index: number): Run {
  const run = settleOptions(fn, given, table);
  const figures = new Map(Object.entries(run.history.history));
  const length = Math.max(0, ...[...figures.values()].map((values) => values.length));
  const epochs = Array.from({ length }, (_, i) => (run.history.epoch?.[i] ?? i) + 1);
  const { name = `run ${index + 1}`, configuration, summary, activations = [], initialActivations } = run;
  if (activations.length > length) {
    throw new ShapeError(
      `${fn}: expected activations of ${length} epochs, as the history has, got ${activations.length}.`,
    );
  }
  return {
    name,
    epochs,
    figures,
    configuration,
    summary,
    confusion: run.confusion === undefined ? undefined : settleConfusion(fn, run.confusion, run.classes),
    activations: [
      ...(initialActivations === undefined ? [] : [[0, initialActivations] as const]),
      ...activations.map((each, i) => [epochs[i]!, each] as const),
    ],
  };
}

function settleConfusion(
  fn: string,
  confusion: Tensor | readonly (readonly number[])[],
  classes: readonly string[] | undefined,
): Confusion {
  const counts = confusion instanceof Tensor ? confusion.toArray(2) : confusion;
  const odd = counts.find((row) => row.length !== counts.length);
  if (odd !== undefined) {
    throw new ShapeError(
      `${fn}: expected confusion to be a square matrix, got ${counts.length} rows, of which one has ${odd.length} columns.`,
    );
  }
  if (classes !== undefined && classes.length !== counts.length) {
    throw new ShapeError(`${fn}: expected ${counts.length} classes, as confusion has rows, got ${classes.length}.`);
  }
  return { counts, classes: classes ?? counts.map((_, i) => String(i)) };
}

function isFigures(value: unknown): value is HistoryData["history"] {
  return isPlainObject(value) && Object.values(value).every(ranges.listOf(ranges.anyNumber).has);
}
