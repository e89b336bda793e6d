import { arange, ones, ShapeError, tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { DataLoader } from "./loader/data-loader.ts";
import { timeseriesDataset, type TimeseriesOptions } from "./timeseries-dataset.ts";

const steps = 23;
const x = arange(2 * steps).reshape([steps, 2]);
const targets = arange(steps).mul(10);

/** Slices as Keras takes them: the series is cut first, and sequences are counted from there. */
function naive(known: number, options: TimeseriesOptions): { sequences: number[][][]; targets: number[] } {
  const { sequenceLength: n, sequenceStride = 1, samplingRate = 1, startIndex = 0, endIndex = steps } = options;
  const series = (x.toArray() as number[][]).slice(startIndex, endIndex);
  const answers = (targets.toArray() as number[]).slice(0, known).slice(startIndex, endIndex);
  const sequences: number[][][] = [];
  const found: number[] = [];
  for (let start = 0; start < answers.length; start += sequenceStride) {
    const sequence = Array.from({ length: n }, (_, at) => series[start + at * samplingRate]);
    if (!sequence.every((step) => step !== undefined)) continue;
    sequences.push(sequence);
    found.push(answers[start]!);
  }
  return { sequences, targets: found };
}

describe("timeseriesDataset", () => {
  it.each<[number, TimeseriesOptions]>([
    [steps, { sequenceLength: 1 }],
    [steps, { sequenceLength: 4 }],
    [steps, { sequenceLength: 23 }],
    [steps, { sequenceLength: 3, sequenceStride: 5 }],
    [steps, { sequenceLength: 3, samplingRate: 4 }],
    [steps, { sequenceLength: 4, sequenceStride: 3, samplingRate: 2, startIndex: 5 }],
    [steps, { sequenceLength: 4, sequenceStride: 3, samplingRate: 2, startIndex: 2, endIndex: 17 }],
    [12, { sequenceLength: 3, sequenceStride: 2 }],
    [12, { sequenceLength: 3, sequenceStride: 2, startIndex: 4, endIndex: 20 }],
    [2, { sequenceLength: 3, startIndex: 4 }],
    [steps, { sequenceLength: 24 }],
  ])("has the slices of a loop, with targets for %i steps: %o", async (known, options) => {
    const dataset = timeseriesDataset(x, targets.at([0, known]), options);
    const want = naive(known, options);
    expect(dataset.length).toBe(want.sequences.length);
    const each = Array.from({ length: dataset.length }, (_, index) => dataset.get(index));
    expect(each.map(([sequence]) => sequence.toArray())).toEqual(want.sequences);
    expect(each.map(([, target]) => target.item())).toEqual(want.targets);
    const [sequences, found] = await dataset.gather!(Int32Array.from(want.targets, (_, index) => index));
    expect([sequences.shape, found.shape]).toEqual([[dataset.length, options.sequenceLength, 2], [dataset.length]]);
    expect([sequences.toArray(), found.toArray()]).toEqual([want.sequences, want.targets]);
  });

  it("has no targets unless they are given, and is read in batches", () => {
    const loader = new DataLoader(timeseriesDataset(arange(8), undefined, { sequenceLength: 3 }), { batchSize: 4 });
    const batches = Array.from(loader, (batch) => batch.map((part) => part.toArray()));
    expect(batches).toEqual([[[[0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5]]], [[[4, 5, 6], [5, 6, 7]]]]); // prettier-ignore
  });

  it.each<[() => unknown, typeof ValueError | typeof ShapeError, string]>([
    [
      () => timeseriesDataset(tensor(1), undefined, { sequenceLength: 2 }),
      ShapeError,
      "expected x with a first axis, got a scalar.",
    ],
    [
      () => timeseriesDataset(x, tensor(1), { sequenceLength: 2 }),
      ShapeError,
      "expected targets with a first axis, got a scalar.",
    ],
    [() => timeseriesDataset(x, undefined, {} as TimeseriesOptions), ValueError, "expected sequenceLength"],
    [
      () => timeseriesDataset(x, undefined, { sequenceLength: 0 }),
      ValueError,
      "expected sequenceLength to be a whole number ≥ 1, got 0.",
    ],
    [
      () => timeseriesDataset(x, undefined, { sequenceLength: 2, endIndex: 24 }),
      ValueError,
      "expected endIndex of at most 23, got 24.",
    ],
    [
      () => timeseriesDataset(x, undefined, { sequenceLength: 2, startIndex: 9, endIndex: 9 }),
      ValueError,
      "expected startIndex below 9, got 9.",
    ],
    [
      () => timeseriesDataset(ones([3]), undefined, { sequenceLength: 2 }).get(2),
      ValueError,
      "expected an index from 0 to 1, got 2.",
    ],
    [
      () => timeseriesDataset(ones([3]), undefined, { sequenceLength: 2 }).gather!([0.5] as never),
      ValueError,
      "expected an index from 0 to 1, got 0.5.",
    ],
  ])("refuses what does not fit (%#)", (call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(`timeseriesDataset: ${message}`);
  });
});
