import { DTypeError, ShapeError, tensor, ValueError, zeros } from "@tapegrad/tensor";
import * as nn from "../../src/index.ts";
import type { LossCase, LossRow } from "./loss-row.ts";

const f = nn.functional;
const ints = (values: number[] | number[][], shape?: number[]): ReturnType<typeof tensor> =>
  tensor(values as number[], { dtype: "int32", ...(shape === undefined ? {} : { shape }) });

/** What a way says: repeats are one symbol, and blanks none. */
function textOf(way: readonly number[], blank: number): string {
  return way.filter((symbol, t) => symbol !== way[t - 1] && symbol !== blank).join();
}

/** Every way through `time` places of `classes` symbols. */
function* waysOf(time: number, classes: number): Generator<number[]> {
  for (let code = 0; code < classes ** time; code++) {
    yield Array.from({ length: time }, (_, t) => Math.floor(code / classes ** t) % classes);
  }
}

/** The sum over all ways, each of which is said once. */
const everyWay = (text: readonly number[], blank: number): LossCase => ({
  options: blank === 0 ? {} : { blank },
  title: text.join(" "),
  inputs: (draw, [time = 0, samples = 0, classes = 0]) => [
    f.logSoftmax(draw(time, samples, classes), { axis: 2 }),
    ints(Array.from({ length: samples }, () => [...text]).flat(), [samples, text.length]),
    ints(Array<number>(samples).fill(time), [samples]),
    ints(Array<number>(samples).fill(text.length), [samples]),
  ],
  naive: ([logProbs]) => {
    const [time, samples, classes] = logProbs!.shape as [number, number, number];
    const at = (t: number, n: number, c: number): number => logProbs!.data[(t * samples + n) * classes + c]!;
    const losses = Array.from({ length: samples }, (_, n) => {
      const fitting = [...waysOf(time, classes)].filter((way) => textOf(way, blank) === text.join());
      return -Math.log(fitting.reduce((sum, way) => sum + Math.exp(way.reduce((s, c, t) => s + at(t, n, c), 0)), 0));
    });
    return { losses, count: samples * text.length };
  },
  differentiable: 1,
  shapes: [[5, 2, 3], [4, 1, 4]], // prettier-ignore
  empty: [4, 0, 3],
  checked: [[3, 1, 3]],
});

const logProbs = zeros([4, 2, 3]);
const [targets, times, lengths] = [ints([[1, 2], [2, 1]]), ints([4, 4]), ints([2, 2])]; // prettier-ignore

/** The loss of a text, whose arguments are like those of no other. */
export const ctcRow: LossRow = {
  file: "ctc-loss",
  fn: f.ctcLoss,
  Layer: nn.CTCLoss,
  names: [],
  options: ["blank", "zeroInfinity", "reduction"],
  cases: [everyWay([1, 2], 0), everyWay([2, 2], 0), everyWay([0, 1], 2)],
  errors: [
    ["shape", () => f.ctcLoss(logProbs.slice(0), targets, times, lengths), ShapeError, "ctcLoss: expected logProbs of shape [T, N, C] with a blank and other symbols, got [2, 3]."],
    ["targets", () => f.ctcLoss(logProbs, ints([1, 2]), times, lengths), ShapeError, "ctcLoss: expected targets of shape [2, S], got [2]."],
    ["lengths", () => f.ctcLoss(logProbs, targets, ints([4]), lengths), ShapeError, "ctcLoss: expected inputLengths of shape [2], got [1]."],
    ["dtype", () => f.ctcLoss(logProbs, targets.to("float32"), times, lengths), DTypeError, 'ctcLoss: expected targets of dtype int32, got float32. Convert them with to("int32").'],
    ["input", () => f.ctcLoss(logProbs.to("int32"), targets, times, lengths), DTypeError, "ctcLoss: expected logProbs of dtype float32 or float64, got int32."],
    ["time", () => f.ctcLoss(logProbs, targets, ints([5, 4]), lengths), ValueError, "ctcLoss: expected inputLengths from 1 to 4, got 5."],
    ["text", () => f.ctcLoss(logProbs, targets, times, ints([2, 3])), ValueError, "ctcLoss: expected targetLengths from 0 to 2, got 3."],
    ["symbol", () => f.ctcLoss(logProbs, ints([[1, 3], [2, 1]]), times, lengths), ValueError, "ctcLoss: expected symbols from 0 to 2 other than the blank 0, got 3."],
    ["blank symbol", () => f.ctcLoss(logProbs, targets, times, lengths, { blank: 1 }), ValueError, "ctcLoss: expected symbols from 0 to 2 other than the blank 1, got 1."],
    ["blank", () => f.ctcLoss(logProbs, targets, times, lengths, { blank: 3 }), ValueError, "ctcLoss: expected a blank from 0 to 2, got 3."],
  ],
}; // prettier-ignore
