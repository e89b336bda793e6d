import { ShapeError, type Tensor, ValueError } from "@tapegrad/tensor";
import {
  expectNothing,
  expectTensor,
  option,
  optional,
  type OptionTable,
  ranges,
  required,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { checkIndex } from "./check-index.ts";
import { expectIndices } from "./expect-indices.ts";
import type { Collated, Dataset } from "./dataset.ts";
import { gatherRows } from "./gather-rows.ts";

/** Options of {@link timeseriesDataset}. */
export interface TimeseriesOptions {
  /** How many steps a sequence has. */
  readonly sequenceLength: number;
  /** How many steps lie between the starts of two sequences; 1 unless given. */
  readonly sequenceStride?: number;
  /** How many steps lie between two of a sequence; 1 unless given. */
  readonly samplingRate?: number;
  /** The first step that is read; 0 unless given. */
  readonly startIndex?: number;
  /** The step before which reading ends; the number of steps unless given. */
  readonly endIndex?: number | undefined;
}

const table: OptionTable<TimeseriesOptions> = {
  sequenceLength: required(ranges.count),
  sequenceStride: option(ranges.count, 1),
  samplingRate: option(ranges.count, 1),
  startIndex: option(ranges.whole(0), 0),
  endIndex: optional(ranges.count),
};

/** A sequence, and its target if there are targets. */
export type Sequence<Targets extends Tensor | undefined> = Targets extends Tensor ? [Tensor, Tensor] : [Tensor];

/**
 * Sequences of a series, each with its target: sample `i` is the steps `s, s + r, ..., s + (n − 1)·r` of `x` and step `s` of
 * `targets`, with `s = startIndex + i · sequenceStride`, `r = samplingRate` and `n = sequenceLength`.
 *
 * To predict `k` steps ahead of the start of a sequence, give the targets without their first `k`.
 *
 * @param x a series of shape `[steps, ...]`
 * @param targets of shape `[steps, ...]`, or undefined; sequences without a target are left out
 * @returns sequences of shape `[n, ...]`; what does not fill one is left out
 * @throws {ShapeError} for a series or targets without a first axis
 * @throws {ValueError} for an index outside of the series
 * @see keras.utils.timeseries_dataset_from_array, which has the same options; batches are a `DataLoader`'s
 * @example
 * const x = arange(6);
 * const dataset = timeseriesDataset(x, x.at([3]), { sequenceLength: 3 });
 * dataset.length; // => 3
 * const [past, next] = dataset.get(1);
 * past.toArray(); // => [1, 2, 3]
 * next.item(); // => 4
 */
export function timeseriesDataset<Targets extends Tensor | undefined>(
  x: Tensor,
  targets: Targets,
  options: TimeseriesOptions,
  ...none: []
): Dataset<Sequence<Targets>> {
  const fn = "timeseriesDataset";
  expectNothing(fn, none);
  const steps = stepsOf(x, "x");
  const known = targets === undefined ? steps : stepsOf(targets, "targets");
  const { sequenceLength, sequenceStride, samplingRate, ...settled } = settleOptions(fn, options, table);
  const { startIndex, endIndex = steps } = settled;
  if (endIndex > steps) throw new ValueError(`${fn}: expected endIndex of at most ${steps}, got ${endIndex}.`);
  if (startIndex >= endIndex) {
    throw new ValueError(`${fn}: expected startIndex below ${endIndex}, got ${startIndex}.`);
  }
  const starts = Math.min(endIndex - (sequenceLength - 1) * samplingRate, known) - startIndex;
  const length = Math.max(0, Math.ceil(starts / sequenceStride));

  function rows(indices: Int32Array): Sequence<Targets> {
    for (const index of indices) checkIndex(fn, index, length);
    const first = Int32Array.from(indices, (index) => startIndex + index * sequenceStride);
    const each = Int32Array.from({ length: first.length * sequenceLength }, (_, at) => {
      return first[Math.floor(at / sequenceLength)]! + (at % sequenceLength) * samplingRate;
    });
    const sequences = gatherRows(fn, x, each).reshape([first.length, sequenceLength, ...x.shape.slice(1)]);
    return (targets === undefined ? [sequences] : [sequences, gatherRows(fn, targets, first)]) as Sequence<Targets>;
  }

  return {
    length,
    get: (index) => rows(Int32Array.of(index)).map((part) => part.squeeze(0)) as Sequence<Targets>,
    gather(indices) {
      expectIndices(fn, indices);
      return rows(indices) as unknown as Collated<Sequence<Targets>>;
    },
  };
}

function stepsOf(series: Tensor, name: string): number {
  expectTensor("timeseriesDataset", name, series);
  if (series.ndim > 0) return series.shape[0]!;
  throw new ShapeError(`timeseriesDataset: expected ${name} with a first axis, got a scalar.`);
}
