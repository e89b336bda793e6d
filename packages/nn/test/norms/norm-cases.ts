import { DTypeError, ShapeError, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import {
  BatchNorm,
  Dense,
  functional,
  GroupNorm,
  InstanceNorm,
  LayerNorm,
  LocalResponseNorm,
  norms,
  ReLU,
  RMSNorm,
} from "../../src/index.ts";
import type { NormName } from "../../src/norms/norm-rows.ts";
import { channelGroups, channelIndex, type ParameterIndex, rowGroups, rowIndex } from "./naive-norm.ts";
import { localResponseNormCalls, normalizeCalls, spectralNormCalls, weightNormCalls } from "./norm-calls.ts";
import type { NormCall, NormKind, NormTest } from "./norm-case.ts";

const { batchNorm, groupNorm, instanceNorm, layerNorm, localResponseNorm, normalize, rmsNorm } = functional;
const { plainBatchNorm, plainGroupNorm, plainInstanceNorm, plainLayerNorm, plainRMSNorm } = functional;
const { powerIteration, spectralNorm, weightNorm } = functional;
const x = zeros([4, 3]);
const c3 = zeros([3]);
const usual = 1e-5;
type Shape = readonly number[];

const sizeOf = (shape: Shape): number => shape.reduce((product, extent) => product * extent, 1);

/** γ and β of the channels. */
function perChannel(shape: Shape): { index: ParameterIndex; parameterShape: Shape } {
  return { index: channelIndex(shape), parameterShape: [shape[1] ?? 0] };
}

/** What a norm of trailing axes may be tested over: the last, and all but the batch. */
function trailing(shape: Shape): { axes: Shape; suffix: string; index: ParameterIndex; groups: number[][] }[] {
  const rank = shape.length;
  return (rank > 2 ? [1, rank - 1] : [1]).map((axes) => ({
    axes: shape.slice(rank - axes),
    suffix: ` over ${axes} of ${rank} axes`,
    index: rowIndex(shape, axes),
    groups: rowGroups(shape, axes),
  }));
}

/** All that is tested of every norm: a norm without a row does not compile, nor passes completeness.test.ts. */
export const normTests: Readonly<Record<NormName, NormTest>> = {
  batchNorm: {
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
      [() => new BatchNorm(3, { epsilon: 1 } as object), ValueError, 'BatchNorm: expected options eps, momentum, affine, trackRunningStats, runningVariance, dtype, got "epsilon".'],
      [() => batchNorm(x, { training: false }), ValueError, "batchNorm: expected runningMean and runningVar when training is false, got none."],
      [() => batchNorm(x, { runningMean: c3 }), ValueError, "batchNorm: expected runningMean and runningVar together, got one of them."],
      [() => batchNorm(x, { runningMean: c3, runningVar: c3, training: true, momentum: null }), ValueError, "batchNorm: expected numBatchesTracked when momentum is null, got none."],
      [() => batchNorm(x, { weight: zeros([3, 1]) }), ShapeError, "batchNorm: expected weight of shape [3], got [3, 1]."],
      [() => batchNorm(x, { weight: c3, runningMean: c3, runningVar: zeros([4]) }), ShapeError, "batchNorm: expected runningVar of shape [3], got [4]."],
    ], // prettier-ignore
  },
  layerNorm: {
    kinds: (shape) =>
      trailing(shape).map(({ axes, suffix, index, groups }) => ({
        name: `LayerNorm${suffix}`,
        fused: (x, weight, bias, eps = usual) => layerNorm(x, axes, { weight, bias, eps }),
        plain: (x, weight, bias, eps = usual) => plainLayerNorm(x, axes, { weight, bias, eps }),
        naive: { groups, center: true, eps: usual },
        index,
        parameterShape: axes,
      })),
    layers: [
      { layer: new LayerNorm(3, { bias: false }), printed: "LayerNorm(3, eps=1e-5, bias=false)", shape: [4, 3], same: (x) => layerNorm(x, 3) },
      { layer: new LayerNorm([3, 2], { eps: 0.5 }), printed: "LayerNorm([3, 2], eps=0.5)", shape: [4, 3, 2], same: (x) => layerNorm(x, [3, 2], { eps: 0.5 }) },
    ], // prettier-ignore
    errors: [
      [() => layerNorm(zeros([4, 3, 6]), [3, 5]), ShapeError, "layerNorm: expected trailing axes [3, 5], got input of shape [4, 3, 6]."],
      [() => layerNorm(zeros([5]), [3, 5]), ShapeError, "layerNorm: expected trailing axes [3, 5], got input of shape [5]."],
      [() => layerNorm(x, 3, { weight: zeros([5]) }), ShapeError, "layerNorm: expected weight of shape [3], got [5]."],
      [() => layerNorm(x, []), ShapeError, "layerNorm: expected a shape of at least one whole extent, got []."],
      [() => layerNorm(x, 3, { eps: NaN }), ValueError, "layerNorm: expected eps ≥ 0, got NaN."],
      [() => new LayerNorm(1.5), ShapeError, "LayerNorm: expected a shape of at least one whole extent, got [1.5]."],
      [() => new LayerNorm(3, { momentum: 1 } as object), ValueError, 'LayerNorm: expected options eps, affine, bias, dtype, got "momentum".'],
    ], // prettier-ignore
  },
  rmsNorm: {
    kinds: (shape) =>
      trailing(shape).flatMap(({ axes, suffix, index, groups }) =>
        [1, 0.4].map((partial) => ({
          name: `${partial === 1 ? "RMSNorm" : "pRMSNorm"}${suffix}`,
          fused: (x: Tensor, weight?: Tensor, bias?: Tensor, eps: number = usual) =>
            rmsNorm(x, axes, { weight, bias, eps, partial }),
          plain: (x: Tensor, weight?: Tensor, bias?: Tensor, eps: number = usual) =>
            plainRMSNorm(x, axes, { weight, bias, eps, partial }),
          naive: { groups, center: false, eps: usual, used: Math.ceil(sizeOf(axes) * partial) },
          index,
          parameterShape: axes,
        })),
      ),
    layers: [
      { layer: new RMSNorm(3, { eps: "machine" }), printed: "RMSNorm(3, eps=machine)", shape: [4, 3], same: (x) => rmsNorm(x, 3, { eps: "machine" }) },
      { layer: new RMSNorm(6, { partial: 0.5, affine: false }), printed: "RMSNorm(6, eps=1e-5, affine=false, partial=0.5)", shape: [4, 6], same: (x) => rmsNorm(x, 6, { partial: 0.5 }) },
    ], // prettier-ignore
    errors: [
      [() => rmsNorm(x, 4), ShapeError, "rmsNorm: expected trailing axes [4], got input of shape [4, 3]."],
      [() => rmsNorm(x, 3, { partial: 0 }), ValueError, "rmsNorm: expected partial in (0, 1], got 0."],
      [() => new RMSNorm(3, { partial: 1.1 }), ValueError, "RMSNorm: expected partial in (0, 1], got 1.1."],
      [() => new RMSNorm(3, { eps: -1 }), ValueError, "RMSNorm: expected eps ≥ 0, or machine, got -1."],
    ], // prettier-ignore
  },
  groupNorm: {
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
      [() => groupNorm(zeros([2, 4]), 2, { groups: 2 } as object), ValueError, 'groupNorm: expected options weight, bias, eps, got "groups".'],
      [() => new GroupNorm(3, 4), ShapeError, "GroupNorm: expected channels divisible by 3 groups, got 4."],
      [() => new GroupNorm(1, 0), ShapeError, "GroupNorm: expected channels to be a whole number ≥ 1, got 0."],
      [() => new GroupNorm(2, 4, { momentum: 1 } as object), ValueError, 'GroupNorm: expected options eps, affine, dtype, got "momentum".'],
      [() => new GroupNorm(2, 4).forward(zeros([2, 6, 3])), ShapeError, "groupNorm: expected 4 channels on axis 1, got input of shape [2, 6, 3]."],
    ], // prettier-ignore
  },
  instanceNorm: {
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
      [() => instanceNorm(zeros([2, 3, 2]), { momentum: 2 }), ValueError, "instanceNorm: expected momentum in [0, 1], got 2."],
      [() => new InstanceNorm(3, { momentum: -1 }), ValueError, "InstanceNorm: expected momentum in [0, 1], got -1."],
      [() => new InstanceNorm(3, { bias: true } as object), ValueError, 'InstanceNorm: expected options eps, momentum, affine, trackRunningStats, dtype, got "bias".'],
      [() => new InstanceNorm(3).forward(zeros([2, 5, 3])), ShapeError, "instanceNorm: expected 3 channels on axis 1, got input of shape [2, 5, 3]."],
    ], // prettier-ignore
  },
  localResponseNorm: {
    calls: localResponseNormCalls,
    layers: [
      { layer: new LocalResponseNorm(3, { k: 2 }), printed: "LocalResponseNorm(3, k=2)", shape: [2, 5, 4], same: (x) => localResponseNorm(x, 3, { k: 2 }) },
    ], // prettier-ignore
    errors: [
      [() => localResponseNorm(x, 2), ShapeError, "localResponseNorm: expected input of shape [N, C, ...positions], got [4, 3]."],
      [() => localResponseNorm(zeros([1, 2, 3]), 0), ValueError, "localResponseNorm: expected size to be a whole number ≥ 1, got 0."],
      [() => localResponseNorm(zeros([1, 2, 3]), 2, { alpha: NaN }), ValueError, "localResponseNorm: expected alpha to be a finite number, got NaN."],
      [() => new LocalResponseNorm(2, { bias: 1 } as object), ValueError, 'LocalResponseNorm: expected options alpha, beta, k, got "bias".'],
    ], // prettier-ignore
  },
  normalize: {
    calls: normalizeCalls,
    errors: [
      [() => normalize(x, { axis: 2 }), ShapeError, "normalize: expected an axis in [-2, 1], got 2."],
      [() => normalize(x, { p: NaN }), ValueError, "normalize: expected p to be a number, got NaN."],
      [() => normalize(x, { eps: -1 }), ValueError, "normalize: expected eps ≥ 0, got -1."],
    ], // prettier-ignore
  },
  weightNorm: {
    calls: weightNormCalls,
    errors: [
      [() => weightNorm(x, zeros([4])), ShapeError, "weightNorm: expected g of shape [4, 1], got [4]."],
      [() => weightNorm(x, zeros([4, 1]), { axis: 2 }), ShapeError, "weightNorm: expected an axis in [-2, 1], got 2."],
      [() => norms.weightNorm(new ReLU() as never), ValueError, 'weightNorm: expected a module with a parameter "weight", got ReLU.'],
      [() => norms.weightNorm(norms.spectralNorm(new Dense(3, 2))), ValueError, 'weightNorm: expected a module with a parameter "weight", got Dense.'],
    ], // prettier-ignore
  },
  spectralNorm: {
    calls: spectralNormCalls,
    errors: [
      [() => spectralNorm(x, c3, c3), ShapeError, "spectralNorm: expected u of shape [4], got [3]."],
      [() => spectralNorm(c3, c3, c3), ShapeError, "spectralNorm: expected a weight of at least 2 axes, got shape [3]."],
      [() => powerIteration(x, zeros([4]), c3, { iterations: 0 }), ValueError, "powerIteration: expected iterations to be a whole number ≥ 1, got 0."],
      [() => norms.spectralNorm(new Dense(3, 2), { iterations: 0.5 }), ValueError, "spectralNorm: expected iterations to be a whole number ≥ 1, got 0.5."],
      [() => norms.spectralNorm(new Dense(3, 2), { dim: 0 } as object), ValueError, 'spectralNorm: expected options axis, iterations, eps, generator, got "dim".'],
    ], // prettier-ignore
  },
};

/** Every way to standardize an input of `shape`. */
export function kindsOf(shape: Shape): NormKind[] {
  return Object.values(normTests).flatMap((test) => ("kinds" in test ? test.kinds(shape) : []));
}

/** The calls of all other norms. */
export const normCalls: readonly NormCall[] = Object.entries(normTests).flatMap(([norm, test]) =>
  "calls" in test ? test.calls.map((call) => ({ ...call, name: `${norm} ${call.name}` })) : [],
);
