import {
  cat,
  chunk,
  DTypeError,
  Generator,
  randn,
  ShapeError,
  type Tensor,
  tensor,
  ValueError,
  zeros,
} from "@tapegrad/tensor";
import {
  AdaptiveBatchNorm,
  ClusterNorm,
  functional,
  PowerNorm,
  RecurrentBatchNorm,
  TransNorm,
} from "../../src/index.ts";
import { perChannel, standardized } from "./channel-values.ts";
import { channelGroups, channelIndex, groupsOver } from "./naive-norm.ts";
import { type NormCall, type NormTests, numbers, usual } from "./norm-case.ts";

const { adaptiveBatchNorm, batchNorm, clusterNorm, powerNorm, recurrentBatchNorm, transNorm } = functional;
const { plainAdaptiveBatchNorm, plainBatchNorm, plainRecurrentBatchNorm } = functional;
const generator = new Generator(113);
const draw = (...shape: readonly number[]): Tensor => randn(shape, { dtype: "float64", generator });
const x = zeros([4, 3]);
const c3 = zeros([3]);

/** 1 + α of each channel. */
function transferGains(x: readonly number[], shape: readonly number[]): number[] {
  const half = x.length / 2;
  const p = channelGroups([shape[0]! / 2, ...shape.slice(1)]).map((group) => {
    const [source, target] = [0, half].map((offset) => {
      const { mean, r } = standardized(x, group.map((at) => at + offset)); // prettier-ignore
      return mean * r;
    }) as [number, number];
    return 1 / (1 + Math.abs(source - target));
  });
  const total = p.reduce((sum, each) => sum + each, 0);
  return p.map((each) => 1 + (p.length * each) / total);
}

const transNormCalls: readonly NormCall[] = [[6, 4], [4, 3, 2], [2, 2, 3, 2]].map((shape) => {
  const [samples = 0, channels = 0] = shape;
  const half = [samples / 2, ...shape.slice(1)];
  const input = draw(...shape).mul(1.5).add(0.5);
  const gains = perChannel(transferGains(numbers(input), shape), shape);
  return {
    name: `of shape [${shape.join(", ")}]`,
    inputs: [input, draw(channels), draw(channels)],
    run: (x: Tensor, weight: Tensor, bias: Tensor) => transNorm(x, { weight, bias }),
    naive: (x: number[], weight: number[], bias: number[]) => {
      const y = [...x];
      const gain = transferGains(x, shape);
      channelGroups(half).forEach((group, c) => {
        for (const offset of [0, x.length / 2]) {
          const { centred, r } = standardized(x, group.map((at) => at + offset));
          group.forEach((at, i) => (y[at + offset] = (weight[c]! * centred[i]! * r + bias[c]!) * gain[c]!));
        }
      });
      return y;
    },
    frozen: (x: Tensor, weight: Tensor, bias: Tensor) =>
      cat(chunk(x, 2).map((part) => plainBatchNorm(part, { weight, bias }))).mul(gains),
  };
}); // prettier-ignore

const clusters = tensor([2, 0, 2, 1], { dtype: "int32" });
const clusterCalls: readonly NormCall[] = [[4, 3], [4, 2, 2, 3]].map((shape) => ({
  name: `of shape [${shape.join(", ")}] of three clusters`,
  inputs: [draw(...shape), draw(3, shape[1]!), draw(3, shape[1]!)],
  run: (x: Tensor, mean: Tensor, logDeviation: Tensor) => clusterNorm(x, clusters, mean, logDeviation),
  naive: (x: number[], mean: number[], logDeviation: number[]) => {
    const channel = channelIndex(shape);
    return x.map((value, at) => {
      const row = [2, 0, 2, 1][Math.floor(at / (x.length / 4))]! * shape[1]! + channel[at]!;
      return (value - mean[row]!) / (Math.exp(logDeviation[row]!) + 1e-3);
    });
  },
})); // prettier-ignore

const square = { float64: draw(3).square().add(0.3), float32: zeros([3]) };
square.float32 = square.float64.to("float32");
const nothing = { float64: zeros([3], { dtype: "float64" }), float32: c3 };
const kindOf = (x: Tensor): "float32" | "float64" => (x.dtype === "float32" ? "float32" : "float64");
/** Without ν its gradient is that of a division by a constant. */
const powerCalls: readonly NormCall[] = [[4, 3], [2, 3, 2, 2]].flatMap((shape) =>
  [true, false].map((layerScale) => ({
    name: `of shape [${shape.join(", ")}]${layerScale ? " with a layer scale" : ""}`,
    inputs: [draw(...shape), draw(3), draw(3)],
    run: (x: Tensor, weight: Tensor, bias: Tensor) =>
      powerNorm(x, square[kindOf(x)], nothing[kindOf(x)], { weight, bias, layerScale }),
    naive: (x: number[], weight: number[], bias: number[]) => {
      const scaled = [...x];
      for (const group of layerScale ? groupsOver(shape, [1]) : []) {
        const moment = group.reduce((sum, at) => sum + x[at]! ** 2, 0) / group.length;
        for (const at of group) scaled[at] = x[at]! / Math.sqrt(moment + usual);
      }
      return scaled.map((value, at) => {
        const channel = channelIndex(shape)[at]!;
        return (weight[channel]! * value) / Math.sqrt(square.float64.data[channel]! + usual) + bias[channel]!;
      });
    },
    frozen: (x: Tensor, weight: Tensor, bias: Tensor) => {
      const along = (t: Tensor): Tensor => t.reshape([3, ...shape.slice(2).map(() => 1)]);
      const scaled = layerScale ? x.div(x.square().mean({ axis: 1, keepDims: true }).add(usual).sqrt()) : x;
      return scaled.div(along(square.float64.add(usual).sqrt())).mul(along(weight)).add(along(bias));
    },
  })),
); // prettier-ignore

/** For a dense layer of eight samples and six neurons. */
const clustersOfEight = tensor([2, 0, 2, 1, 0, 0, 1, 2], { dtype: "int32" });
const rowsOfSix = draw(3, 6);

const clustered = new ClusterNorm(3, 3, { eps: 0.1 });

/** All that is tested of the norms with statistics for each domain or time. */
export const domainNormTests: Pick<
  NormTests,
  "adaptiveBatchNorm" | "clusterNorm" | "powerNorm" | "recurrentBatchNorm" | "transNorm"
> = {
  adaptiveBatchNorm: {
    kinds: (shape) => {
      const groups = channelGroups(shape);
      if ((groups[0]?.length ?? 0) < 2) return [];
      return [
        {
          name: "AdaptiveBatchNorm",
          fused: (x, weight, bias, eps = usual) => adaptiveBatchNorm(x, 0, { weight, bias, eps }),
          plain: (x, weight, bias, eps = usual) => plainAdaptiveBatchNorm(x, 0, { weight, bias, eps }),
          naive: { groups, center: true, eps: usual },
          index: channelIndex(shape),
          parameterShape: [shape[1] ?? 0],
        },
      ];
    },
    layers: [
      { layer: new AdaptiveBatchNorm(3, 2), printed: "AdaptiveBatchNorm(3, 2, eps=1e-5, momentum=0.1)", shape: [4, 3], others: [1], same: (x) => batchNorm(x) },
    ], // prettier-ignore
    errors: [
      [() => new AdaptiveBatchNorm(3, 2).forward(x, 2), ShapeError, "adaptiveBatchNorm: expected a domain below 2, got 2."],
      [() => adaptiveBatchNorm(x, -1), ValueError, "adaptiveBatchNorm: expected domain to be a whole number ≥ 0, got -1."],
      [() => adaptiveBatchNorm(zeros([1, 3]), 0), ShapeError, "adaptiveBatchNorm: expected more than 1 value per channel when training, got input of shape [1, 1, 3]."],
      [() => adaptiveBatchNorm(x, 0, { training: false }), ValueError, "adaptiveBatchNorm: expected runningMean and runningVar when training is false, got none."],
      [() => adaptiveBatchNorm(x, 0, { runningMean: zeros([2, 3]), runningVar: c3 }), ShapeError, "adaptiveBatchNorm: expected runningVar of shape [2, 3], got [3]."],
      [() => new AdaptiveBatchNorm(3, 0), ShapeError, "AdaptiveBatchNorm: expected domains to be a whole number ≥ 1, got 0."],
      [() => new AdaptiveBatchNorm(3, 2, { momentum: null } as object), ValueError, "AdaptiveBatchNorm: expected momentum in [0, 1], got null."],
    ], // prettier-ignore
  },
  recurrentBatchNorm: {
    dense: (x, w) => recurrentBatchNorm(x.matmul(w.transpose()).reshape([2, 4, 6]), { eps: 0 }).reshape([8, 6]),
    kinds: (shape) => {
      if (shape.length < 3) return [];
      const groups = groupsOver(shape, shape.map((_, axis) => axis).filter((axis) => axis !== 0 && axis !== 2)); // prettier-ignore
      if ((groups[0]?.length ?? 0) < 2) return [];
      return [
        {
          name: "RecurrentBatchNorm",
          fused: (x, weight, bias, eps = usual) => recurrentBatchNorm(x, { weight, bias, eps }),
          plain: (x, weight, bias, eps = usual) => plainRecurrentBatchNorm(x, { weight, bias, eps }),
          naive: { groups, center: true, eps: usual },
          index: channelIndex([shape[0]! * shape[1]!, ...shape.slice(2)]),
          parameterShape: [shape[2] ?? 0],
        },
      ];
    },
    layers: [
      { layer: new RecurrentBatchNorm(3, 4, { gain: 1 }), printed: "RecurrentBatchNorm(3, 4, eps=1e-5, momentum=0.1, gain=1)", shape: [4, 5, 3], same: (x) => recurrentBatchNorm(x) },
      { layer: new RecurrentBatchNorm(3, 4, { affine: false }), printed: "RecurrentBatchNorm(3, 4, eps=1e-5, affine=false, momentum=0.1)", shape: [2, 5, 3], others: [2], same: (x) => recurrentBatchNorm(x) },
    ], // prettier-ignore
    errors: [
      [() => recurrentBatchNorm(x), ShapeError, "recurrentBatchNorm: expected input of shape [T, N, C, ...], got [4, 3]."],
      [() => recurrentBatchNorm(zeros([2, 4, 3]), { weight: zeros([4]) }), ShapeError, "recurrentBatchNorm: expected weight of shape [3], got [4]."],
      [() => new RecurrentBatchNorm(3, 4).forward(zeros([2, 4, 3]), 3), ShapeError, "recurrentBatchNorm: expected running statistics of shape [5, 3] when training, got [4, 3]."],
      [() => new RecurrentBatchNorm(3, 4).forward(zeros([2, 3, 4])), ShapeError, "recurrentBatchNorm: expected input of shape [T, N, 3, ...], got [2, 3, 4]."],
      [() => new RecurrentBatchNorm(3, 4).forward(zeros([2, 3, 3]), 0.5), ValueError, "recurrentBatchNorm: expected start to be a whole number ≥ 0, got 0.5."],
      [() => new RecurrentBatchNorm(3, 4, { gain: NaN }), ValueError, "RecurrentBatchNorm: expected gain to be a finite number, got NaN."],
    ], // prettier-ignore
  },
  clusterNorm: {
    calls: clusterCalls,
    dense: (x, w) => clusterNorm(x.matmul(w.transpose()), clustersOfEight, rowsOfSix, rowsOfSix, { eps: 0 }),
    layers: [
      { layer: clustered, printed: "ClusterNorm(3, 3, eps=0.1)", shape: [4, 3], others: [clusters], same: (x) => clusterNorm(x, clusters, clustered.mean, clustered.logDeviation, { eps: 0.1 }) },
    ], // prettier-ignore
    errors: [
      [() => clusterNorm(x, clusters, zeros([3, 2]), zeros([3, 3])), ShapeError, "clusterNorm: expected mean of shape [3, 3], got [3, 2]."],
      [() => clusterNorm(x, clusters, zeros([3, 3]), zeros([2, 3])), ShapeError, "clusterNorm: expected logDeviation of shape [3, 3], got [2, 3]."],
      [() => clusterNorm(x, c3, zeros([3, 3]), zeros([3, 3])), DTypeError, 'clusterNorm: expected an int32 cluster, got float32. Convert it with to("int32").'],
      [() => clusterNorm(x, clusters.slice([0, 3]), zeros([3, 3]), zeros([3, 3])), ShapeError, "clusterNorm: expected cluster of shape [4], got [3]."],
      [() => clusterNorm(x, clusters, zeros([2, 3]), zeros([2, 3])), ValueError, "clusterNorm: expected cluster in [0, 2), got 2."],
      [() => clusterNorm(x, clusters, zeros([3, 3]), zeros([3, 3]), { eps: -1 }), ValueError, "clusterNorm: expected eps ≥ 0, got -1."],
      [() => new ClusterNorm(3, 0), ShapeError, "ClusterNorm: expected clusters to be a whole number ≥ 1, got 0."],
      [() => clustered.forward(zeros([4, 2]), clusters), ShapeError, "clusterNorm: expected 3 channels on axis 1, got input of shape [4, 2]."],
    ], // prettier-ignore
  },
  powerNorm: {
    calls: powerCalls,
    dense: (x, w) => powerNorm(x.matmul(w.transpose()), rowsOfSix.slice(0).square(), rowsOfSix.slice(1), { eps: 0 }),
    layers: [
      { layer: new PowerNorm(3), printed: "PowerNorm(3, eps=1e-5)", shape: [4, 3], same: (x) => powerNorm(x, c3.add(1), c3) },
    ], // prettier-ignore
    errors: [
      [() => powerNorm(x, zeros([2]), c3), ShapeError, "powerNorm: expected meanSquare of shape [3], got [2]."],
      [() => powerNorm(x, c3, zeros([2])), ShapeError, "powerNorm: expected nu of shape [3], got [2]."],
      [() => powerNorm(x, c3, c3, { alphaForward: 2 }), ValueError, "powerNorm: expected alphaForward in [0, 1], got 2."],
      [() => new PowerNorm(3).forward(zeros([4, 2])), ShapeError, "powerNorm: expected 3 channels on axis 1, got input of shape [4, 2]."],
    ], // prettier-ignore
  },
  transNorm: {
    calls: transNormCalls,
    dense: (x, w) => transNorm(x.matmul(w.transpose()), { eps: 0 }),
    layers: [
      { layer: new TransNorm(3), printed: "TransNorm(3, eps=1e-5, momentum=0.1)", shape: [4, 3], same: (x) => transNorm(x) },
    ], // prettier-ignore
    errors: [
      [() => transNorm(zeros([3, 3])), ShapeError, "transNorm: expected an even batch, source before target, when training, got input of shape [3, 3]."],
      [() => transNorm(x, { domain: "other" as "source" }), ValueError, "transNorm: expected domain source or target, got other."],
      [() => transNorm(x, { training: false }), ValueError, "transNorm: expected runningMean and runningVar when training is false, got none."],
      [() => new TransNorm(3).forward(zeros([4, 2])), ShapeError, "transNorm: expected 3 channels on axis 1, got input of shape [4, 2]."],
      [() => new TransNorm(3).forward(zeros([2, 3])), ShapeError, "transNorm: expected more than 1 value per channel when training, got input of shape [2, 1, 3]."],
    ], // prettier-ignore
  },
};
