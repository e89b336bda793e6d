import { Generator, randn, ShapeError, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { functional, IterNorm, L1BatchNorm } from "../../src/index.ts";
import { channelGroups } from "./naive-norm.ts";
import { type NormCall, type NormTests, usual } from "./norm-case.ts";

const { iterNorm, l1BatchNorm } = functional;
const generator = new Generator(139);
const draw = (...shape: readonly number[]): Tensor => randn(shape, { dtype: "float64", generator });
const c3 = zeros([3]);
const x = zeros([4, 3]);

const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The definition of l1BatchNorm in loops, in training. */
const l1Calls: readonly NormCall[] = [
  { shape: [5, 3], eps: usual },
  { shape: [2, 3, 2, 2], eps: 0.3 },
  { shape: [1, 2, 4], eps: 0 },
].map(({ shape, eps }) => ({
  name: `of shape [${shape.join(", ")}] with eps ${eps}`,
  inputs: [draw(...shape).add(2), draw(shape[1]!), draw(shape[1]!)],
  run: (x: Tensor, weight: Tensor, bias: Tensor) => l1BatchNorm(x, { weight, bias, eps }),
  naive: (x: number[], weight: number[], bias: number[]) => {
    const y = [...x];
    channelGroups(shape).forEach((group, channel) => {
      const mean = average(group.map((at) => x[at]!));
      const deviation = Math.sqrt(Math.PI / 2) * average(group.map((at) => Math.abs(x[at]! - mean)));
      for (const at of group) y[at] = (weight[channel]! * (x[at]! - mean)) / (deviation + eps) + bias[channel]!;
    });
    return y;
  },
}));

type Matrix = number[][];
const product = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0]!.map((_, j) => row.reduce((sum, value, k) => sum + value * b[k]![j]!, 0)));

/** P_T / √(tr Σ) of the covariances of some channels, from the unit matrix on. */
function newton(rows: Matrix, eps: number, iterations: number): Matrix {
  const sigma = rows.map((a, i) => rows.map((b, j) => average(a.map((value, k) => value * b[k]!)) + (i === j ? eps : 0)));
  const trace = sigma.reduce((sum, row, i) => sum + row[i]!, 0);
  let p: Matrix = sigma.map((row, i) => row.map((_, j) => (i === j ? 1 : 0)));
  for (let step = 0; step < iterations; step++) {
    const cube = product(product(product(p, p), p), sigma);
    p = p.map((row, i) => row.map((value, j) => 1.5 * value - (0.5 * cube[i]![j]!) / trace));
  }
  return p.map((row) => row.map((value) => value / Math.sqrt(trace)));
} // prettier-ignore

/** The definition of iterNorm in loops, in training. */
const whiteningCalls: readonly NormCall[] = [
  { shape: [6, 3], options: {} },
  { shape: [3, 4, 2], options: { groups: 2, iterations: 3, eps: 0.1 } },
  { shape: [2, 3, 2, 2], options: { iterations: 1 } },
  { shape: [5, 2], options: { groups: 2, iterations: 2, eps: 0 } },
].map(({ shape, options }) => {
  const { groups = 1, iterations = 5, eps = usual } = options as functional.IterNormArguments;
  const channels = shape[1]!;
  return {
    name: `of shape [${shape.join(", ")}] with ${JSON.stringify(options)}`,
    inputs: [draw(...shape).add(1), draw(channels), draw(channels)],
    run: (x: Tensor, weight: Tensor, bias: Tensor) => iterNorm(x, { ...options, weight, bias }),
    naive: (x: number[], weight: number[], bias: number[]) => {
      const members = channelGroups(shape);
      const rows = members.map((group) => {
        const mean = average(group.map((at) => x[at]!));
        return group.map((at) => x[at]! - mean);
      });
      const y = [...x];
      const size = channels / groups;
      for (let first = 0; first < channels; first += size) {
        const inside = rows.slice(first, first + size);
        product(newton(inside, eps, iterations), inside).forEach((row, i) => {
          const channel = first + i;
          row.forEach((value, k) => (y[members[channel]![k]!] = weight[channel]! * value + bias[channel]!));
        });
      }
      return y;
    },
  };
});

/** All that is tested of the norms of batches with another deviation than the root of the variance. */
export const batchDeviationTests: Pick<NormTests, "iterNorm" | "l1BatchNorm"> = {
  l1BatchNorm: {
    calls: l1Calls,
    dense: (x, w) => l1BatchNorm(x.matmul(w.transpose()), { eps: 0 }),
    layers: [
      { layer: new L1BatchNorm(3), printed: "L1BatchNorm(3, eps=1e-5, momentum=0.1)", shape: [4, 3], same: (x) => l1BatchNorm(x) },
      { layer: new L1BatchNorm(3, { affine: false, eps: 0.1, momentum: 0.5 }), printed: "L1BatchNorm(3, eps=0.1, affine=false, momentum=0.5)", shape: [4, 3, 2], same: (x) => l1BatchNorm(x, { eps: 0.1 }) },
    ], // prettier-ignore
    errors: [
      [() => l1BatchNorm(c3), ShapeError, "l1BatchNorm: expected input of shape [N, C, ...], got [3]."],
      [() => l1BatchNorm(zeros([1, 3])), ShapeError, "l1BatchNorm: expected more than 1 value per channel when training, got input of shape [1, 3]."],
      [() => l1BatchNorm(x, { weight: zeros([3, 1]) }), ShapeError, "l1BatchNorm: expected weight of shape [3], got [3, 1]."],
      [() => l1BatchNorm(x, { training: false }), ValueError, "l1BatchNorm: expected runningMean and runningDeviation when training is false, got none."],
      [() => l1BatchNorm(x, { runningDeviation: c3 }), ValueError, "l1BatchNorm: expected runningMean and runningDeviation together, got one of them."],
      [() => new L1BatchNorm(3).forward(zeros([4, 2])), ShapeError, "l1BatchNorm: expected 3 channels on axis 1, got input of shape [4, 2]."],
      [() => new L1BatchNorm(3, { momentum: null } as object), ValueError, "L1BatchNorm: expected momentum in [0, 1], got null."],
    ], // prettier-ignore
  },
  iterNorm: {
    calls: whiteningCalls,
    dense: (x, w) => iterNorm(x.matmul(w.transpose()), { eps: 0 }),
    layers: [
      { layer: new IterNorm(3), printed: "IterNorm(3, eps=1e-5, momentum=0.1)", shape: [8, 3], same: (x) => iterNorm(x) },
      { layer: new IterNorm(4, { groups: 2, iterations: 3, affine: false }), printed: "IterNorm(4, eps=1e-5, affine=false, groups=2, iterations=3, momentum=0.1)", shape: [3, 4, 2], same: (x) => iterNorm(x, { groups: 2, iterations: 3 }) },
    ], // prettier-ignore
    errors: [
      [() => iterNorm(c3), ShapeError, "iterNorm: expected input of shape [N, C, ...], got [3]."],
      [() => iterNorm(zeros([1, 3])), ShapeError, "iterNorm: expected more than 1 value per channel when training, got input of shape [1, 3]."],
      [() => iterNorm(x, { groups: 2 }), ShapeError, "iterNorm: expected channels divisible by 2 groups, got 3."],
      [() => iterNorm(x, { iterations: 0 }), ValueError, "iterNorm: expected iterations to be a whole number ≥ 1, got 0."],
      [() => iterNorm(x, { bias: zeros([3, 1]) }), ShapeError, "iterNorm: expected bias of shape [3], got [3, 1]."],
      [() => iterNorm(x, { runningMean: c3, runningWhitening: zeros([3, 3]) }), ShapeError, "iterNorm: expected runningWhitening of shape [1, 3, 3], got [3, 3]."],
      [() => iterNorm(x, { runningMean: c3 }), ValueError, "iterNorm: expected runningMean and runningWhitening together, got one of them."],
      [() => iterNorm(x, { training: false }), ValueError, "iterNorm: expected runningMean and runningWhitening when training is false, got none."],
      [() => new IterNorm(3, { groups: 2 }), ShapeError, "IterNorm: expected channels divisible by 2 groups, got 3."],
      [() => new IterNorm(3).forward(zeros([4, 2])), ShapeError, "iterNorm: expected 3 channels on axis 1, got input of shape [4, 2]."],
    ], // prettier-ignore
  },
};
