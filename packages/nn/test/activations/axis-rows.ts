import type { Tensor } from "@tapegrad/tensor";
import type { AxisOptions } from "../../src/functional.ts";
import { functional as f } from "../../src/index.ts";
import * as nn from "../../src/index.ts";

/** An activation along an axis and its definition. */
export interface AxisRow {
  readonly name: string;
  readonly f: (x: Tensor, options?: AxisOptions) => Tensor;
  readonly layer: new (options?: AxisOptions) => nn.Module<[Tensor]>;
  /** The definition on one line of numbers along the axis. */
  readonly naive: (line: readonly number[]) => number[];
}

const { exp, log } = Math;
const logistic = (x: number): number => 1 / (1 + exp(-x));
const sumOf = (line: readonly number[]): number => line.reduce((sum, x) => sum + exp(x), 0);
const gated = (line: readonly number[], gate: (a: number, b: number) => number): number[] => {
  const half = line.length / 2;
  return line.slice(0, half).map((a, i) => gate(a, line[i + half]!));
};

/** The nearest point of the simplex, by bisection for what is taken away. */
function nearestShares(line: readonly number[]): number[] {
  let [low, high] = [Math.max(...line) - 1, Math.max(...line)];
  for (let i = 0; i < 100; i++) {
    const tau = (low + high) / 2;
    if (line.reduce((sum, x) => sum + Math.max(x - tau, 0), 0) > 1) low = tau;
    else high = tau;
  }
  return line.map((x) => Math.max(x - low, 0));
}

/** One row for each activation along an axis. */
export const axisRows: readonly AxisRow[] = [
  { name: "softmax", f: f.softmax, layer: nn.Softmax, naive: (line) => line.map((x) => exp(x) / sumOf(line)) },
  { name: "logSoftmax", f: f.logSoftmax, layer: nn.LogSoftmax, naive: (line) => line.map((x) => x - log(sumOf(line))) },
  {
    name: "softmin",
    f: f.softmin,
    layer: nn.Softmin,
    naive: (line) => line.map((x) => exp(-x) / sumOf(line.map((y) => -y))),
  },
  { name: "sparsemax", f: f.sparsemax, layer: nn.Sparsemax, naive: nearestShares },
  { name: "glu", f: f.glu, layer: nn.GLU, naive: (line) => gated(line, (a, b) => a * logistic(b)) },
  { name: "swiglu", f: f.swiglu, layer: nn.SwiGLU, naive: (line) => gated(line, (a, b) => a * logistic(a) * b) },
];
