import { ShapeError, ValueError, zeros } from "@tapegrad/tensor";
import { AccumulatedBatchNorm, functional } from "../../src/index.ts";
import { channelGroups, channelIndex } from "./naive-norm.ts";
import { type NormTests, usual } from "./norm-case.ts";

const { accumulatedBatchNorm, batchNorm, plainAccumulatedBatchNorm } = functional;
const x = zeros([4, 3]);
const c3 = zeros([3]);

/** All that is tested of the norm of batches in parts, by one part. */
export const accumulatedBatchNormTests: Pick<NormTests, "accumulatedBatchNorm"> = {
  accumulatedBatchNorm: {
    kinds: (shape) => {
      const groups = channelGroups(shape);
      if ((groups[0]?.length ?? 0) < 2) return [];
      return [
        {
          name: "AccumulatedBatchNorm",
          fused: (x, weight, bias, eps = usual) => accumulatedBatchNorm(x, 3, { weight, bias, eps }),
          plain: (x, weight, bias, eps = usual) => plainAccumulatedBatchNorm(x, 3, { weight, bias, eps }),
          naive: { groups, center: true, eps: usual },
          index: channelIndex(shape),
          parameterShape: [shape[1] ?? 0],
        },
      ];
    },
    layers: [
      { layer: new AccumulatedBatchNorm(3, 2), printed: "AccumulatedBatchNorm(3, 2, eps=1e-5, momentum=0.1)", shape: [4, 3], same: (x) => batchNorm(x) },
      { layer: new AccumulatedBatchNorm(3, 1, { momentum: null, affine: false }), printed: "AccumulatedBatchNorm(3, 1, eps=1e-5, momentum=null, affine=false)", shape: [4, 3, 2], same: (x) => batchNorm(x) },
    ], // prettier-ignore
    errors: [
      [() => accumulatedBatchNorm(x, 0), ValueError, "accumulatedBatchNorm: expected parts to be a whole number ≥ 1, got 0."],
      [() => accumulatedBatchNorm(zeros([1, 3]), 2), ShapeError, "accumulatedBatchNorm: expected more than 1 value per channel when training, got input of shape [1, 3]."],
      [() => accumulatedBatchNorm(x, 2, { runningMean: c3, runningVar: c3, training: true }), ValueError, "accumulatedBatchNorm: expected gathered and partsGathered with running statistics, got none."],
      [() => accumulatedBatchNorm(x, 2, { runningMean: c3, runningVar: c3, training: true, gathered: c3, partsGathered: c3 }), ShapeError, "accumulatedBatchNorm: expected gathered of shape [3, 3], got [3]."],
      [() => accumulatedBatchNorm(x, 2, { training: false }), ValueError, "accumulatedBatchNorm: expected runningMean and runningVar when training is false, got none."],
      [() => new AccumulatedBatchNorm(3, 0.5), ValueError, "AccumulatedBatchNorm: expected parts to be a whole number ≥ 1, got 0.5."],
      [() => new AccumulatedBatchNorm(3, 2).forward(zeros([4, 2])), ShapeError, "accumulatedBatchNorm: expected 3 channels on axis 1, got input of shape [4, 2]."],
    ], // prettier-ignore
  },
};
