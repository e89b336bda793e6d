import { Generator, randn, ShapeError, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { functional, MeanOnlyBatchNorm } from "../../src/index.ts";
import { channelGroups } from "./naive-norm.ts";
import type { NormCall, NormTests } from "./norm-case.ts";

const { meanOnlyBatchNorm } = functional;
const generator = new Generator(107);
const draw = (...shape: readonly number[]): Tensor => randn(shape, { dtype: "float64", generator });
const c3 = zeros([3]);

/** The definition of meanOnlyBatchNorm in loops, in training. */
const trainingCalls: readonly NormCall[] = [
  [4, 3],
  [2, 3, 2, 2],
  [1, 3, 4],
].map((shape) => ({
  name: `in training of shape [${shape.join(", ")}]`,
  inputs: [draw(...shape).add(3), draw(3)],
  run: (x: Tensor, bias: Tensor) => meanOnlyBatchNorm(x, { bias }),
  naive: (x: number[], bias: number[]) => {
    const y = [...x];
    channelGroups(shape).forEach((group, channel) => {
      const mean = group.reduce((sum, at) => sum + x[at]!, 0) / group.length;
      for (const at of group) y[at] = x[at]! - mean + bias[channel]!;
    });
    return y;
  },
}));

/** All that is tested of the norm that subtracts a mean and nothing more. */
export const meanNormTests: Pick<NormTests, "meanOnlyBatchNorm"> = {
  meanOnlyBatchNorm: {
    calls: trainingCalls,
    layers: [
      { layer: new MeanOnlyBatchNorm(3), printed: "MeanOnlyBatchNorm(3, momentum=0.1)", shape: [4, 3], same: (x) => meanOnlyBatchNorm(x) },
      { layer: new MeanOnlyBatchNorm(3, { bias: false, momentum: 0.5 }), printed: "MeanOnlyBatchNorm(3, momentum=0.5, bias=false)", shape: [2, 3, 2], same: (x) => meanOnlyBatchNorm(x) },
    ], // prettier-ignore
    errors: [
      [() => meanOnlyBatchNorm(zeros([1, 3])), ShapeError, "meanOnlyBatchNorm: expected more than 1 value per channel when training, got input of shape [1, 3]."],
      [() => meanOnlyBatchNorm(c3), ShapeError, "meanOnlyBatchNorm: expected input of shape [N, C, ...], got [3]."],
      [() => meanOnlyBatchNorm(zeros([4, 3]), { training: false }), ValueError, "meanOnlyBatchNorm: expected runningMean when training is false, got none."],
      [() => meanOnlyBatchNorm(zeros([4, 3]), { bias: c3, runningMean: zeros([4]) }), ShapeError, "meanOnlyBatchNorm: expected runningMean of shape [3], got [4]."],
      [() => new MeanOnlyBatchNorm(3).forward(zeros([4, 5])), ShapeError, "meanOnlyBatchNorm: expected 3 channels on axis 1, got input of shape [4, 5]."],
      [() => new MeanOnlyBatchNorm(3, { momentum: null as never }), ValueError, "MeanOnlyBatchNorm: expected momentum in [0, 1], got null."],
      [() => new MeanOnlyBatchNorm(0), ShapeError, "MeanOnlyBatchNorm: expected features to be a whole number ≥ 1, got 0."],
    ], // prettier-ignore
  },
};
