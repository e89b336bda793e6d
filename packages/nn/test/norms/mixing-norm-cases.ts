import { Generator, randn, ShapeError, type Tensor, tensor, ValueError, zeros } from "@tapegrad/tensor";
import { BatchInstanceNorm, functional, SwitchableNorm } from "../../src/index.ts";
import { standardized } from "./channel-values.ts";
import { channelGroups, channelIndex, rowGroups } from "./naive-norm.ts";
import { type NormCall, type NormTests, usual } from "./norm-case.ts";

const { batchInstanceNorm, switchableNorm } = functional;
const generator = new Generator(131);
const draw = (...shape: readonly number[]): Tensor => randn(shape, { dtype: "float64", generator });
const c3 = zeros([3]);
const x = zeros([4, 3, 2]);
const images = [[4, 3, 2], [2, 2, 3, 2], [3, 2, 1, 2, 2]]; // prettier-ignore

/** The definition of batchInstanceNorm in loops. */
const batchInstanceCalls: readonly NormCall[] = images.map((shape) => {
  const channels = shape[1]!;
  return {
    name: `of shape [${shape.join(", ")}]`,
    inputs: [draw(...shape).add(0.5), draw(channels), draw(channels), draw(channels)],
    run: (x: Tensor, rho: Tensor, weight: Tensor, bias: Tensor) => batchInstanceNorm(x, rho, { weight, bias }),
    naive: (x: number[], rho: number[], weight: number[], bias: number[]) => {
      const channel = channelIndex(shape);
      const y = x.map(() => 0);
      const add = (groups: readonly number[][], share: (c: number) => number): void => {
        for (const group of groups) {
          const { centred, r } = standardized(x, group);
          group.forEach((at, i) => (y[at]! += share(channel[at]!) * centred[i]! * r));
        }
      };
      add(channelGroups(shape), (c) => rho[c]!);
      add(rowGroups(shape, shape.length - 2), (c) => 1 - rho[c]!);
      return y.map((value, at) => weight[channel[at]!]! * value + bias[channel[at]!]!);
    },
  };
});

function softmax(logits: readonly number[]): number[] {
  const powers = logits.map(Math.exp);
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** The definition of switchableNorm in loops: every statistic by itself, of all its elements. */
function naiveSwitchable(
  x: readonly number[],
  shape: readonly number[],
  means: number[],
  variances: number[],
): number[] {
  const [wMean, wVariance] = [softmax(means), softmax(variances)];
  const kinds = [rowGroups(shape, shape.length - 2), rowGroups(shape, shape.length - 1), channelGroups(shape)];
  const [mean, variance] = [x.map(() => 0), x.map(() => 0)];
  kinds.forEach((groups, k) => {
    for (const group of groups) {
      const { mean: of, moment } = standardized(x, group);
      for (const at of group) {
        mean[at]! += wMean[k]! * of;
        variance[at]! += wVariance[k]! * moment;
      }
    }
  });
  return x.map((value, at) => (value - mean[at]!) / Math.sqrt(variance[at]! + usual));
}

const switchableCalls: readonly NormCall[] = [...images, [3, 2, 1]].map((shape) => {
  const channels = shape[1]!;
  return {
    name: `of shape [${shape.join(", ")}]`,
    inputs: [draw(...shape).mul(2).add(0.5), draw(3), draw(3), draw(channels), draw(channels)],
    run: (x: Tensor, means: Tensor, variances: Tensor, weight: Tensor, bias: Tensor) =>
      switchableNorm(x, means, variances, { weight, bias }),
    naive: (x: number[], means: number[], variances: number[], weight: number[], bias: number[]) => {
      const channel = channelIndex(shape);
      return naiveSwitchable(x, shape, means, variances).map(
        (value, at) => weight[channel[at]!]! * value + bias[channel[at]!]!,
      );
    },
  };
}); // prettier-ignore

const even = tensor([1, 1, 1]);
/** For a dense layer of six neurons. */
const [shares, logits] = [draw(6), draw(3)];

/** All that is tested of the norms that mix what others do. */
export const mixingNormTests: Pick<NormTests, "batchInstanceNorm" | "switchableNorm"> = {
  batchInstanceNorm: {
    positions: true,
    dense: (x, w) => batchInstanceNorm(w.matmul(x), shares, { eps: 0 }),
    calls: batchInstanceCalls,
    layers: [
      { layer: new BatchInstanceNorm(3), printed: "BatchInstanceNorm(3, eps=1e-5, momentum=0.1)", shape: [4, 3, 2], same: (x) => batchInstanceNorm(x, c3.add(1)) },
      { layer: new BatchInstanceNorm(3, { affine: false, trackRunningStats: false }), printed: "BatchInstanceNorm(3, eps=1e-5, momentum=0.1, affine=false, trackRunningStats=false)", shape: [4, 3, 2], same: (x) => batchInstanceNorm(x, c3.add(1)) },
    ], // prettier-ignore
    errors: [
      [() => batchInstanceNorm(zeros([4, 3]), c3), ShapeError, "batchInstanceNorm: expected input of shape [N, C, ...positions], got [4, 3]."],
      [() => batchInstanceNorm(zeros([4, 3, 1]), c3), ShapeError, "batchInstanceNorm: expected more than 1 position when training, got input of shape [4, 3, 1]."],
      [() => batchInstanceNorm(x, zeros([2])), ShapeError, "batchInstanceNorm: expected rho of shape [3], got [2]."],
      [() => batchInstanceNorm(x, c3, { weight: zeros([3, 1]) }), ShapeError, "batchInstanceNorm: expected weight of shape [3], got [3, 1]."],
      [() => batchInstanceNorm(x, c3, { training: false }), ValueError, "batchInstanceNorm: expected runningMean and runningVar when training is false, got none."],
      [() => new BatchInstanceNorm(3).forward(zeros([4, 2, 2])), ShapeError, "batchInstanceNorm: expected 3 channels on axis 1, got input of shape [4, 2, 2]."],
      [() => new BatchInstanceNorm(0), ShapeError, "BatchInstanceNorm: expected features to be a whole number ≥ 1, got 0."],
    ], // prettier-ignore
  },
  switchableNorm: {
    positions: true,
    dense: (x, w) => switchableNorm(w.matmul(x), logits, logits.neg(), { eps: 0 }),
    calls: switchableCalls,
    layers: [
      { layer: new SwitchableNorm(3), printed: "SwitchableNorm(3, eps=1e-5, momentum=0.1)", shape: [4, 3, 2], same: (x) => switchableNorm(x, even, even) },
      { layer: new SwitchableNorm(3, { affine: false, momentum: null }), printed: "SwitchableNorm(3, eps=1e-5, momentum=null, affine=false)", shape: [4, 3, 2], same: (x) => switchableNorm(x, even, even) },
    ], // prettier-ignore
    errors: [
      [() => switchableNorm(zeros([4, 3]), c3, c3), ShapeError, "switchableNorm: expected input of shape [N, C, ...positions], got [4, 3]."],
      [() => switchableNorm(x, zeros([2]), c3), ShapeError, "switchableNorm: expected meanWeight of shape [3], got [2]."],
      [() => switchableNorm(x, c3, zeros([3, 1])), ShapeError, "switchableNorm: expected varianceWeight of shape [3], got [3, 1]."],
      [() => switchableNorm(zeros([1, 3, 1]), c3, c3), ShapeError, "switchableNorm: expected more than 1 value per channel when training, got input of shape [1, 3, 1]."],
      [() => switchableNorm(x, c3, c3, { weight: zeros([2]) }), ShapeError, "switchableNorm: expected 2 channels on axis 1, got input of shape [4, 3, 2]."],
      [() => switchableNorm(x, c3, c3, { training: false }), ValueError, "switchableNorm: expected runningMean and runningVar when training is false, got none."],
      [() => switchableNorm(x, c3, c3, { runningMean: c3 }), ValueError, "switchableNorm: expected runningMean and runningVar together, got one of them."],
      [() => switchableNorm(x, c3, c3, { runningMean: c3, runningVar: zeros([2]) }), ShapeError, "switchableNorm: expected runningVar of shape [3], got [2]."],
      [() => new SwitchableNorm(3).forward(zeros([4, 2, 2])), ShapeError, "switchableNorm: expected 3 channels on axis 1, got input of shape [4, 2, 2]."],
    ], // prettier-ignore
  },
};
