import { DTypeError, ShapeError, ValueError, zeros } from "@tapegrad/tensor";
import { BatchNorm, functional, GroupNorm, InstanceNorm, LocalResponseNorm } from "../../src/index.ts";
import { channelGroups, channelIndex, type ParameterIndex, rowGroups } from "./naive-norm.ts";
import { batchNormCalls, groupNormCalls, instanceNormCalls } from "./masked-norm-cases.ts";
import { localResponseNormCalls } from "./norm-calls.ts";
import { type NormTests, sizeOf, usual } from "./norm-case.ts";

const { batchNorm, groupNorm, instanceNorm, localResponseNorm } = functional;
const { plainBatchNorm, plainGroupNorm, plainInstanceNorm } = functional;
const x = zeros([4, 3]);
const c3 = zeros([3]);
type Shape = readonly number[];

/** γ and β of the channels. */
function perChannel(shape: Shape): { index: ParameterIndex; parameterShape: Shape } {
  return { index: channelIndex(shape), parameterShape: [shape[1] ?? 0] };
}

/** All that is tested of the norms of channels. */
export const channelNormTests: Pick<NormTests, "batchNorm" | "groupNorm" | "instanceNorm" | "localResponseNorm"> = {
  batchNorm: {
    also: batchNormCalls,
    kinds: (shape) => {
      const groups = channelGroups(shape);
      if ((groups[0]?.length ?? 0) < 2) return [];
      return [
        {
          name: "BatchNorm",
          fused: (x, weight, bias, eps = usual) => batchNorm(x, { weight, bias, eps }),
          plain: (x, weight, bias, eps = usual) => plainBatchNorm(x, { weight, bias, eps }),
          naive: { groups, center: true, eps: usual },
          ...perChannel(shape),
        },
      ];
    },
    layers: [
      { layer: new BatchNorm(3), printed: "BatchNorm(3, eps=1e-5, momentum=0.1)", shape: [4, 3], same: (x) => batchNorm(x) },
      { layer: new BatchNorm(3, { momentum: null, affine: false, trackRunningStats: false }), printed: "BatchNorm(3, eps=1e-5, momentum=null, affine=false, trackRunningStats=false)", shape: [2, 3, 2], same: (x) => batchNorm(x) },
    ], // prettier-ignore
    errors: [
      [() => new BatchNorm(5).forward(zeros([1, 5])), ShapeError, "batchNorm: expected more than 1 value per channel when training, got input of shape [1, 5]."],
      [() => new BatchNorm(5).forward(zeros([1, 5, 1, 1])), ShapeError, "batchNorm: expected more than 1 value per channel when training, got input of shape [1, 5, 1, 1]."],
      [() => new BatchNorm(5, { trackRunningStats: false }).eval().forward(zeros([1, 5])), ShapeError, "batchNorm: expected more than 1 value per channel when training, got input of shape [1, 5]."],
      [() => new BatchNorm(3).forward(zeros([4, 5])), ShapeError, "batchNorm: expected 3 channels on axis 1, got input of shape [4, 5]."],
      [() => new BatchNorm(3, { affine: false, trackRunningStats: false }).forward(zeros([4, 5])), ShapeError, "batchNorm: expected 3 channels on axis 1, got input of shape [4, 5]."],
      [() => new BatchNorm(3).forward(zeros([3])), ShapeError, "batchNorm: expected input of shape [N, C, ...], got [3]."],
      [() => new BatchNorm(0), ShapeError, "BatchNorm: expected features to be a whole number ≥ 1, got 0."],
      [() => new BatchNorm(3, { eps: -1 }), ValueError, "BatchNorm: expected eps ≥ 0, got -1."],
      [() => new BatchNorm(3, { momentum: 1.5 }), ValueError, "BatchNorm: expected momentum in [0, 1] or null, got 1.5."],
      [() => new BatchNorm(3, { runningVariance: "half" as "biased" }), ValueError, "BatchNorm: expected runningVariance unbiased or biased, got half."],
      [() => new BatchNorm(3, { dtype: "int32" as "float32" }), DTypeError, "BatchNorm: expected dtype float32 or float64, got int32."],
      [() => new BatchNorm(3, { epsilon: 1 } as object), ValueError, 'BatchNorm: expected options eps, momentum, affine, trackRunningStats, runningVariance, dtype, gammaRegularizer, betaRegularizer, gammaConstraint, betaConstraint, axis, got "epsilon".'],
      [() => batchNorm(x, { training: false }), ValueError, "batchNorm: expected runningMean and runningVar when training is false, got none."],
      [() => batchNorm(x, { runningMean: c3 }), ValueError, "batchNorm: expected runningMean and runningVar together, got one of them."],
      [() => batchNorm(x, { runningMean: c3, runningVar: c3, training: true, momentum: null }), ValueError, "batchNorm: expected numBatchesTracked when momentum is null, got none."],
      [() => batchNorm(x, { weight: zeros([3, 1]) }), ShapeError, "batchNorm: expected weight of shape [3], got [3, 1]."],
      [() => batchNorm(x, { weight: c3, runningMean: c3, runningVar: zeros([4]) }), ShapeError, "batchNorm: expected runningVar of shape [3], got [4]."],
    ], // prettier-ignore
  },
  groupNorm: {
    dense: (x, w) => groupNorm(x.matmul(w.transpose()), 2, { eps: 0 }),
    also: groupNormCalls,
    kinds: (shape) => {
      const [batch = 0, channels = 0] = shape;
      const size = sizeOf(shape);
      const counts = [...new Set([1, channels === 4 ? 2 : 1, channels])].filter((groups) => size !== groups);
      return counts.map((groups) => ({
        name: `GroupNorm of ${groups} groups`,
        fused: (x, weight, bias, eps = usual) => groupNorm(x, groups, { weight, bias, eps }),
        plain: (x, weight, bias, eps = usual) => plainGroupNorm(x, groups, { weight, bias, eps }),
        naive: { groups: rowGroups([batch * groups, size / (batch * groups)], 1), center: true, eps: usual },
        ...perChannel(shape),
      }));
    },
    layers: [
      { layer: new GroupNorm(2, 4), printed: "GroupNorm(2, 4, eps=1e-5)", shape: [3, 4, 2], same: (x) => groupNorm(x, 2) },
    ], // prettier-ignore
    errors: [
      [() => groupNorm(zeros([2, 4, 3]), 3), ShapeError, "groupNorm: expected channels divisible by 3 groups, got 4."],
      [() => groupNorm(zeros([2, 4, 3]), 0), ValueError, "groupNorm: expected groups to be a whole number ≥ 1, got 0."],
      [() => groupNorm(zeros([4]), 2), ShapeError, "groupNorm: expected input of shape [N, C, ...], got [4]."],
      [() => groupNorm(zeros([1, 3, 1]), 3), ShapeError, "groupNorm: expected more than 1 value per group, got input of shape [1, 3, 1] and 3 groups."],
      [() => groupNorm(zeros([2, 4]), 2, { weight: zeros([4, 1]) }), ShapeError, "groupNorm: expected weight of shape [4], got [4, 1]."],
      [() => groupNorm(zeros([2, 4]), 2, { weight: zeros([4]), bias: zeros([2]) }), ShapeError, "groupNorm: expected bias of shape [4], got [2]."],
      [() => groupNorm(zeros([2, 4]), 2, { eps: -1 }), ValueError, "groupNorm: expected eps ≥ 0, got -1."],
      [() => groupNorm(zeros([2, 4]), 2, { groups: 2 } as object), ValueError, 'groupNorm: expected options weight, bias, eps, axis, batched, mask, got "groups".'],
      [() => new GroupNorm(3, 4), ShapeError, "GroupNorm: expected channels divisible by 3 groups, got 4."],
      [() => new GroupNorm(1, 0), ShapeError, "GroupNorm: expected channels to be a whole number ≥ 1, got 0."],
      [() => new GroupNorm(2, 4, { momentum: 1 } as object), ValueError, 'GroupNorm: expected options eps, affine, dtype, gammaRegularizer, betaRegularizer, gammaConstraint, betaConstraint, axis, batched, got "momentum".'],
      [() => new GroupNorm(2, 4).forward(zeros([2, 6, 3])), ShapeError, "groupNorm: expected 4 channels on axis 1, got input of shape [2, 6, 3]."],
    ], // prettier-ignore
  },
  instanceNorm: {
    positions: true,
    also: instanceNormCalls,
    kinds: (shape) => {
      const groups = rowGroups(shape, shape.length - 2);
      if (shape.length < 3 || groups[0]?.length === 1) return [];
      return [
        {
          name: "InstanceNorm",
          fused: (x, weight, bias, eps = usual) => instanceNorm(x, { weight, bias, eps }),
          plain: (x, weight, bias, eps = usual) => plainInstanceNorm(x, { weight, bias, eps }),
          naive: { groups, center: true, eps: usual },
          ...perChannel(shape),
        },
      ];
    },
    layers: [
      { layer: new InstanceNorm(3), printed: "InstanceNorm(3, eps=1e-5)", shape: [2, 3, 4], same: (x) => instanceNorm(x) },
      { layer: new InstanceNorm(3, { affine: true, trackRunningStats: true }), printed: "InstanceNorm(3, eps=1e-5, affine=true, trackRunningStats=true)", shape: [2, 3, 4], same: (x) => instanceNorm(x) },
    ], // prettier-ignore
    errors: [
      [() => instanceNorm(x), ShapeError, "instanceNorm: expected input of shape [N, C, ...positions], got [4, 3]."],
      [() => instanceNorm(zeros([2, 3, 1])), ShapeError, "instanceNorm: expected more than 1 position when training, got input of shape [2, 3, 1]."],
      [() => instanceNorm(zeros([2, 3, 2]), { bias: zeros([2]) }), ShapeError, "instanceNorm: expected 2 channels on axis 1, got input of shape [2, 3, 2]."],
      [() => instanceNorm(zeros([2, 3, 2]), { training: false }), ValueError, "instanceNorm: expected runningMean and runningVar when training is false, got none."],
      [() => instanceNorm(zeros([2, 3, 2]), { runningVar: c3 }), ValueError, "instanceNorm: expected runningMean and runningVar together, got one of them."],
      [() => instanceNorm(zeros([2, 3, 2]), { momentum: 2 }), ValueError, "instanceNorm: expected momentum in [0, 1] or null, got 2."],
      [() => new InstanceNorm(3, { momentum: -1 }), ValueError, "InstanceNorm: expected momentum in [0, 1] or null, got -1."],
      [() => new InstanceNorm(3, { bias: true } as object), ValueError, 'InstanceNorm: expected options eps, momentum, affine, trackRunningStats, dtype, gammaRegularizer, betaRegularizer, gammaConstraint, betaConstraint, axis, batched, got "bias".'],
      [() => new InstanceNorm(3).forward(zeros([2, 5, 3])), ShapeError, "instanceNorm: expected 3 channels on axis 1, got input of shape [2, 5, 3]."],
    ], // prettier-ignore
  },
  localResponseNorm: {
    positions: true,
    dense: (x, w) => localResponseNorm(w.matmul(x), 3, { alpha: 1 }),
    calls: localResponseNormCalls,
    layers: [
      { layer: new LocalResponseNorm(3, { k: 2 }), printed: "LocalResponseNorm(3, k=2)", shape: [2, 5, 4], same: (x) => localResponseNorm(x, 3, { k: 2 }) },
    ], // prettier-ignore
    errors: [
      [() => localResponseNorm(x, 2), ShapeError, "localResponseNorm: expected input of shape [N, C, ...positions], got [4, 3]."],
      [() => localResponseNorm(zeros([1, 2, 3]), 0), ValueError, "localResponseNorm: expected size to be a whole number ≥ 1, got 0."],
      [() => localResponseNorm(zeros([1, 2, 3]), 2, { alpha: NaN }), ValueError, "localResponseNorm: expected alpha to be a finite number, got NaN."],
      [() => new LocalResponseNorm(2, { bias: 1 } as object), ValueError, 'LocalResponseNorm: expected options alpha, beta, k, average, got "bias".'],
    ], // prettier-ignore
  },
};
