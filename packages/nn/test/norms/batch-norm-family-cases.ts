import { Generator, randn, ShapeError, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import {
  AdaptiveInstanceNorm,
  BatchLayerNorm,
  BatchRenorm,
  ConditionalBatchNorm,
  FiLM,
  functional,
  GhostBatchNorm,
} from "../../src/index.ts";
import { perChannel, standardized } from "./channel-values.ts";
import { channelGroups, channelIndex, groupsOver, naiveForward, rowGroups } from "./naive-norm.ts";
import { type NormCall, type NormTests, numbers, sizeOf, usual } from "./norm-case.ts";

const { adaptiveInstanceNorm, batchNorm, batchRenorm, conditionalBatchNorm, film } = functional;
const { batchLayerNorm, ghostBatchNorm, plainGhostBatchNorm } = functional;
const { plainBatchNorm, plainConditionalBatchNorm } = functional;
const generator = new Generator(107);
const draw = (...shape: readonly number[]): Tensor => randn(shape, { dtype: "float64", generator });
const x = zeros([4, 3]);
const c3 = zeros([3]);
type Shape = readonly number[];

/** Of four channels. */
const runningMean = draw(4).mul(0.5);
const runningVar = draw(4).square().add(0.3);

const inFloat64 = { runningMean, runningVar, training: true, momentum: 0 } as const;
const inFloat32 = { ...inFloat64, runningMean: runningMean.to("float32"), runningVar: runningVar.to("float32") };
/** These in the dtype of `x`, for a call in training that leaves them as they are. */
const running = (x: Tensor): functional.BatchNormArguments => (x.dtype === "float32" ? inFloat32 : inFloat64);

const clamp = (value: number, limit: readonly [number, number]): number =>
  Math.min(Math.max(value, limit[0]), limit[1]);

/** r and d of each channel. */
function renormCorrections(x: readonly number[], shape: Shape, rMax: number, dMax: number): { r: number; d: number }[] {
  return channelGroups(shape).map((group, channel) => {
    const { mean, r } = standardized(x, group);
    const deviation = Math.sqrt(runningVar.data[channel]! + usual);
    const shift = (mean - runningMean.data[channel]!) / deviation;
    return { r: clamp(1 / r / deviation, [1 / rMax, rMax]), d: clamp(shift, [-dMax, dMax]) };
  });
}

const renormCalls: readonly NormCall[] = (
  [
    [[5, 4], 3, 5],
    [[5, 4], 1.1, 0.2],
    [[3, 4, 2], 1, 5],
    [[2, 4, 3, 2], 1.5, 0.4],
  ] as const
).map(([shape, rMax, dMax]) => {
  const input = draw(...shape);
  const held = renormCorrections(numbers(input), shape, rMax, dMax);
  const [r, d] = (["r", "d"] as const).map((name) => perChannel(held.map((of) => of[name]), shape)); // prettier-ignore
  return {
    name: `of shape [${shape.join(", ")}] with rMax ${rMax} and dMax ${dMax}`,
    inputs: [input, draw(4), draw(4)],
    run: (x: Tensor, weight: Tensor, bias: Tensor) => batchRenorm(x, { ...running(x), weight, bias, rMax, dMax }),
    naive: (x: number[], weight: number[], bias: number[]) => {
      const y = [...x];
      const corrections = renormCorrections(x, shape, rMax, dMax);
      channelGroups(shape).forEach((group, channel) => {
        const { centred, r: scale } = standardized(x, group);
        const { r, d } = corrections[channel]!;
        group.forEach((at, i) => (y[at] = weight[channel]! * (centred[i]! * scale * r + d) + bias[channel]!));
      });
      return y;
    },
    frozen: (x: Tensor, weight: Tensor, bias: Tensor) =>
      plainBatchNorm(x).mul(r!).add(d!).mul(weight.reshape(r!.shape)).add(bias.reshape(r!.shape)),
  };
});

/** The definition of adaptiveInstanceNorm in loops. */
const styleCalls: readonly NormCall[] = (
  [
    [
      [2, 3, 4],
      [2, 3, 4],
    ],
    [
      [2, 2, 3, 2],
      [2, 2, 5, 1],
    ],
  ] as const
).map(([shape, other]) => ({
  name: `of shape [${shape.join(", ")}] to a style of shape [${other.join(", ")}]`,
  inputs: [
    draw(...shape),
    draw(...other)
      .mul(2)
      .add(1),
  ],
  run: (x: Tensor, style: Tensor) => adaptiveInstanceNorm(x, style),
  naive: (x: number[], style: number[]) => {
    const y = [...x];
    const styles = rowGroups(other, other.length - 2).map((group) => standardized(style, group));
    rowGroups(shape, shape.length - 2).forEach((group, channel) => {
      const { centred, r } = standardized(x, group);
      const { mean, r: inverse } = styles[channel]!;
      group.forEach((at, i) => (y[at] = (centred[i]! * r) / inverse + mean));
    });
    return y;
  },
}));

const filmCalls: readonly NormCall[] = [[3, 4], [2, 3, 2, 2]].map((shape) => ({
  name: `of shape [${shape.join(", ")}]`,
  inputs: [draw(...shape), draw(...shape.slice(0, 2)), draw(...shape.slice(0, 2))],
  run: (x: Tensor, weight: Tensor, bias: Tensor) => film(x, weight, bias),
  naive: (x: number[], weight: number[], bias: number[]) => {
    const inner = x.length / weight.length;
    return x.map((value, at) => value * weight[Math.floor(at / inner)]! + bias[Math.floor(at / inner)]!);
  },
})); // prettier-ignore

const batchLayerCalls: readonly NormCall[] = [[4, 3], [3, 4, 2], [2, 3, 2, 2]].map((shape, i) => {
  const zeta = [1e-4, 0.1, 0][i]!;
  const channels = shape[1]!;
  return {
    name: `of shape [${shape.join(", ")}] with ζ ${zeta}`,
    inputs: [draw(...shape), draw(channels), draw(channels)],
    run: (x: Tensor, weight: Tensor, bias: Tensor) => batchLayerNorm(x, 5, { weight, bias, zeta, eps: usual }),
    naive: (x: number[], weight: number[], bias: number[]) => {
      const y = x.map(() => 0);
      const add = (groups: readonly number[][], share: number): void => {
        for (const group of groups) {
          const { centred, r } = standardized(x, group);
          group.forEach((at, i) => (y[at]! += (share * centred[i]! * r) / Math.sqrt(channels)));
        }
      };
      add(channelGroups(shape), 1 - (1 / 5 + zeta));
      add(groupsOver(shape, [1]), 1 / 5 - zeta);
      const channel = channelIndex(shape);
      return y.map((value, at) => weight[channel[at]!]! * value + bias[channel[at]!]!);
    },
  };
}); // prettier-ignore

/** The elements of each channel of each ghost batch. */
function ghostGroups(shape: Shape, size: number): number[][] {
  const [samples = 0, ...others] = shape;
  const firsts = Array.from({ length: Math.ceil(samples / size) }, (_, i) => size * i);
  return firsts.flatMap((first) =>
    channelGroups([Math.min(size, samples - first), ...others]).map((group) =>
      group.map((at) => first * sizeOf(others) + at),
    ),
  );
}

const ghostCalls: readonly NormCall[] = [[6, 3], [7, 2, 2], [4, 2, 3, 2]].map((shape) => ({
  name: `of 3 samples of shape [${shape.join(", ")}]`,
  inputs: [draw(...shape), draw(shape[1]!), draw(shape[1]!)],
  run: (x: Tensor, weight: Tensor, bias: Tensor) => ghostBatchNorm(x, 3, { weight, bias }),
  naive: (x: number[], weight: number[], bias: number[]) => {
    const naive = { groups: ghostGroups(shape, 3), center: true, eps: usual };
    return naiveForward(x, naive, channelIndex(shape), weight, bias);
  },
})); // prettier-ignore

/** For a dense layer of six neurons. */
const style = draw(8, 6, 3);
const stateOfSix = { runningMean: draw(6).mul(0.5), runningVar: draw(6).square().add(0.5) };
const condition = draw(4, 2).to("float32");

/** All that is tested of the norms of batches and domains. */
export const batchNormFamilyTests: Pick<
  NormTests,
  "adaptiveInstanceNorm" | "batchLayerNorm" | "ghostBatchNorm" | "batchRenorm" | "conditionalBatchNorm" | "film"
> = {
  adaptiveInstanceNorm: {
    calls: styleCalls,
    positions: true,
    dense: (x, w) => adaptiveInstanceNorm(w.matmul(x), style, { eps: 0 }),
    layers: [
      { layer: new AdaptiveInstanceNorm({ eps: 1e-3 }), printed: "AdaptiveInstanceNorm(eps=0.001)", shape: [2, 3, 4], others: [zeros([2, 3, 2])], same: (x) => adaptiveInstanceNorm(x, zeros([2, 3, 2]), { eps: 1e-3 }) },
    ], // prettier-ignore
    errors: [
      [() => adaptiveInstanceNorm(x, x), ShapeError, "adaptiveInstanceNorm: expected input of shape [N, C, ...positions], got [4, 3]."],
      [() => adaptiveInstanceNorm(zeros([2, 3, 2]), zeros([2, 3, 1])), ShapeError, "adaptiveInstanceNorm: expected more than 1 position, got input of shape [2, 3, 1]."],
      [() => adaptiveInstanceNorm(zeros([2, 3, 2]), zeros([2, 4, 2])), ShapeError, "adaptiveInstanceNorm: expected a style of shape [2, 3, ...], got [2, 4, 2]."],
      [() => new AdaptiveInstanceNorm({ eps: -1 }), ValueError, "AdaptiveInstanceNorm: expected eps ≥ 0, got -1."],
    ], // prettier-ignore
  },
  film: {
    calls: filmCalls,
    dense: (x, w) => film(x.matmul(w.transpose()), style.slice([], [], 0), style.slice([], [], 1)),
    layers: [
      { layer: new FiLM(3, 2), printed: "FiLM(3, 2)", shape: [4, 3, 2], others: [condition], same: (x) => x },
      { layer: new FiLM(3, 2, { init: "ones" }), printed: "FiLM(3, 2, init=ones)", shape: [4, 3], others: [zeros([4, 2]).add(0.5)], same: (x) => x.mul(2).add(1) },
    ], // prettier-ignore
    errors: [
      [() => film(c3, c3, c3), ShapeError, "film: expected input of shape [N, C, ...], got [3]."],
      [() => film(x, c3, x), ShapeError, "film: expected weight of shape [4, 3], got [3]."],
      [() => film(x, x, zeros([4, 2])), ShapeError, "film: expected bias of shape [4, 3], got [4, 2]."],
      [() => new FiLM(3, 2).forward(zeros([4, 2]), condition), ShapeError, "film: expected 3 channels on axis 1, got input of shape [4, 2]."],
      [() => new FiLM(3, 0), ShapeError, "FiLM: expected conditions to be a whole number ≥ 1, got 0."],
      [() => new FiLM(3, 2).forward(x, x), ShapeError, "linear: expected input of shape [..., 2], got [4, 3]."],
    ], // prettier-ignore
  },
  conditionalBatchNorm: {
    kinds: (shape) => {
      const groups = channelGroups(shape);
      if ((groups[0]?.length ?? 0) < 2) return [];
      const inner = sizeOf(shape.slice(2));
      return [
        {
          name: "ConditionalBatchNorm",
          fused: (x, weight, bias, eps = usual) => conditionalBatchNorm(x, { weight, bias, eps }),
          plain: (x, weight, bias, eps = usual) => plainConditionalBatchNorm(x, { weight, bias, eps }),
          naive: { groups, center: true, eps: usual },
          index: Array.from({ length: sizeOf(shape) }, (_, at) => Math.floor(at / inner)),
          parameterShape: shape.slice(0, 2),
        },
      ];
    },
    layers: [
      { layer: new ConditionalBatchNorm(3, 2), printed: "ConditionalBatchNorm(3, 2, eps=1e-5, momentum=0.1)", shape: [4, 3, 2], others: [condition], same: (x) => batchNorm(x) },
      { layer: new ConditionalBatchNorm(3, 2, { init: "ones", trackRunningStats: false }), printed: "ConditionalBatchNorm(3, 2, eps=1e-5, momentum=0.1, trackRunningStats=false, init=ones)", shape: [4, 3], others: [zeros([4, 2]).add(0.5)], same: (x) => batchNorm(x).mul(2).add(1) },
    ], // prettier-ignore
    errors: [
      [() => conditionalBatchNorm(x, { weight: c3 }), ShapeError, "conditionalBatchNorm: expected weight of shape [4, 3], got [3]."],
      [() => conditionalBatchNorm(x, { training: false }), ValueError, "conditionalBatchNorm: expected runningMean and runningVar when training is false, got none."],
      [() => new ConditionalBatchNorm(3, 2).forward(zeros([4, 2]), condition), ShapeError, "conditionalBatchNorm: expected 3 channels on axis 1, got input of shape [4, 2]."],
      [() => new ConditionalBatchNorm(3, -1), ShapeError, "ConditionalBatchNorm: expected conditions to be a whole number ≥ 1, got -1."],
    ], // prettier-ignore
  },
  ghostBatchNorm: {
    kinds: (shape) => {
      const groups = ghostGroups(shape, 4);
      if (groups.some((group) => group.length < 2)) return [];
      return [
        {
          name: "GhostBatchNorm",
          fused: (x, weight, bias, eps = usual) => ghostBatchNorm(x, 4, { weight, bias, eps }),
          plain: (x, weight, bias, eps = usual) => plainGhostBatchNorm(x, 4, { weight, bias, eps }),
          naive: { groups, center: true, eps: usual },
          index: channelIndex(shape),
          parameterShape: [shape[1] ?? 0],
        },
      ];
    },
    also: ghostCalls,
    layers: [
      { layer: new GhostBatchNorm(3, 2), printed: "GhostBatchNorm(3, 2, eps=1e-5, momentum=0.1)", shape: [4, 3], same: (x) => ghostBatchNorm(x, 2) },
      { layer: new GhostBatchNorm(3, 8, { affine: false }), printed: "GhostBatchNorm(3, 8, eps=1e-5, momentum=0.1, affine=false)", shape: [4, 3], same: (x) => batchNorm(x) },
    ], // prettier-ignore
    errors: [
      [() => ghostBatchNorm(x, 0), ValueError, "ghostBatchNorm: expected size to be a whole number ≥ 1, got 0."],
      [() => ghostBatchNorm(x, 3), ShapeError, "ghostBatchNorm: expected more than 1 value per channel when training, got input of shape [1, 3]."],
      [() => ghostBatchNorm(x, 2, { weight: zeros([2]) }), ShapeError, "ghostBatchNorm: expected 2 channels on axis 1, got input of shape [4, 3]."],
      [() => new GhostBatchNorm(3, 0.5), ValueError, "GhostBatchNorm: expected size to be a whole number ≥ 1, got 0.5."],
      [() => new GhostBatchNorm(3, 2).forward(zeros([4, 2])), ShapeError, "ghostBatchNorm: expected 3 channels on axis 1, got input of shape [4, 2]."],
    ], // prettier-ignore
  },
  batchLayerNorm: {
    calls: batchLayerCalls,
    dense: (x, w) => batchLayerNorm(x.matmul(w.transpose()), 5, { eps: 0 }),
    layers: [
      { layer: new BatchLayerNorm(3, 4), printed: "BatchLayerNorm(3, 4, eps=0.001, momentum=0.1)", shape: [4, 3], same: (x) => batchLayerNorm(x, 4) },
    ], // prettier-ignore
    errors: [
      [() => batchLayerNorm(x, 0), ValueError, "batchLayerNorm: expected batchSize to be a whole number ≥ 1, got 0."],
      [() => batchLayerNorm(zeros([1, 3]), 1), ShapeError, "batchLayerNorm: expected more than 1 value per channel when training, got input of shape [1, 3]."],
      [() => batchLayerNorm(x, 4, { bias: zeros([3, 1]) }), ShapeError, "batchLayerNorm: expected bias of shape [3], got [3, 1]."],
      [() => batchLayerNorm(x, 4, { zeta: NaN }), ValueError, "batchLayerNorm: expected zeta to be a finite number, got NaN."],
      [() => new BatchLayerNorm(3, 0), ValueError, "BatchLayerNorm: expected batchSize to be a whole number ≥ 1, got 0."],
      [() => new BatchLayerNorm(3, 4).forward(zeros([4, 2])), ShapeError, "batchLayerNorm: expected 3 channels on axis 1, got input of shape [4, 2]."],
    ], // prettier-ignore
  },
  batchRenorm: {
    calls: renormCalls,
    dense: (x, w) => batchRenorm(x.matmul(w.transpose()), { ...stateOfSix, training: true, momentum: 0, eps: 0 }),
    layers: [
      { layer: new BatchRenorm(3, { rMax: 1, dMax: 0, affine: false, momentum: null }), printed: "BatchRenorm(3, eps=1e-5, momentum=null, rMax=1, dMax=0, affine=false)", shape: [4, 3, 2], same: (x) => functional.batchNorm(x) },
      { layer: new BatchRenorm(3), printed: "BatchRenorm(3, eps=1e-5, momentum=0.1, rMax=3, dMax=5)", shape: [4, 3], same: (x) => batchRenorm(x, { runningMean: c3.clone(), runningVar: c3.add(1), training: true }) },
    ], // prettier-ignore
    errors: [
      [() => batchRenorm(x), ValueError, "batchRenorm: expected runningMean and runningVar, got none."],
      [() => batchRenorm(x, { runningMean: c3, runningVar: c3, rMax: 0.5 }), ValueError, "batchRenorm: expected rMax ≥ 1, got 0.5."],
      [() => batchRenorm(x, { runningMean: c3, runningVar: c3, dMax: -1 }), ValueError, "batchRenorm: expected dMax ≥ 0, got -1."],
      [() => new BatchRenorm(3, { rMax: NaN }), ValueError, "BatchRenorm: expected rMax ≥ 1, got NaN."],
      [() => new BatchRenorm(3).forward(zeros([1, 3])), ShapeError, "batchRenorm: expected more than 1 value per channel when training, got input of shape [1, 3]."],
      [() => new BatchRenorm(3).forward(zeros([4, 2])), ShapeError, "batchRenorm: expected 3 channels on axis 1, got input of shape [4, 2]."],
    ], // prettier-ignore
  },
};
