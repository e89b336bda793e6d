import { Generator, randn, ShapeError, ValueError, zeros } from "@tapegrad/tensor";
import { AdaptiveLayerNorm, functional, SPADE } from "../../src/index.ts";
import { channelGroups, rowGroups } from "./naive-norm.ts";
import { type NormKind, type NormTests, sizeOf, usual } from "./norm-case.ts";

const { adaptiveLayerNorm, batchNorm, instanceNorm, layerNorm } = functional;
const { plainAdaptiveLayerNorm, plainSpade, spade } = functional;
const condition = randn([4, 2], { generator: new Generator(149) });
const map = randn([2, 2, 3, 4], { generator: new Generator(151) });
const x = zeros([4, 3]);
const image = zeros([2, 3, 3, 4]);

/** SPADE by one of its kinds of statistics. */
function spadeKind(statistics: "batch" | "instance", groups: readonly number[][], shape: readonly number[]): NormKind[] {
  if ((groups[0]?.length ?? 0) < 2) return [];
  return [
    {
      name: `SPADE by ${statistics}`,
      fused: (x, weight, bias, eps = usual) => spade(x, { weight, bias, eps, statistics }),
      plain: (x, weight, bias, eps = usual) => plainSpade(x, { weight, bias, eps, statistics }),
      naive: { groups, center: true, eps: usual },
      index: Array.from({ length: sizeOf(shape) }, (_, at) => at),
      parameterShape: shape,
    },
  ];
} // prettier-ignore

/** All that is tested of the norms of tokens and images whose γ and β something else says. */
export const modulatedNormTests: Pick<NormTests, "adaptiveLayerNorm" | "spade"> = {
  adaptiveLayerNorm: {
    kinds: (shape) => {
      const [samples, features] = [shape[0]!, shape.at(-1)!];
      return [
        {
          name: "AdaptiveLayerNorm",
          fused: (x, weight, bias, eps = usual) => adaptiveLayerNorm(x, { weight, bias, eps }),
          plain: (x, weight, bias, eps = usual) => plainAdaptiveLayerNorm(x, { weight, bias, eps }),
          naive: { groups: rowGroups(shape, 1), center: true, eps: usual },
          index: Array.from({ length: sizeOf(shape) }, (_, at) =>
            Math.floor(at / (sizeOf(shape) / samples)) * features + (at % features),
          ),
          parameterShape: [samples, features],
        },
      ];
    }, // prettier-ignore
    layers: [
      { layer: new AdaptiveLayerNorm(3, 2), printed: "AdaptiveLayerNorm(3, 2, eps=1e-5)", shape: [4, 5, 3], others: [condition], same: (x) => layerNorm(x, 3) },
      { layer: new AdaptiveLayerNorm(3, 2, { init: "ones", eps: 0.1 }), printed: "AdaptiveLayerNorm(3, 2, eps=0.1, init=ones)", shape: [4, 3], others: [zeros([4, 2]).add(0.5)], same: (x) => layerNorm(x, 3, { eps: 0.1 }).mul(2).add(1) },
    ], // prettier-ignore
    errors: [
      [() => adaptiveLayerNorm(zeros([3])), ShapeError, "adaptiveLayerNorm: expected input of shape [N, ..., F], got [3]."],
      [() => adaptiveLayerNorm(x, { weight: zeros([3]) }), ShapeError, "adaptiveLayerNorm: expected weight of shape [4, 3], got [3]."],
      [() => adaptiveLayerNorm(zeros([4, 5, 3]), { bias: zeros([4, 5]) }), ShapeError, "adaptiveLayerNorm: expected bias of shape [4, 3], got [4, 5]."],
      [() => adaptiveLayerNorm(x, { eps: -1 }), ValueError, "adaptiveLayerNorm: expected eps ≥ 0, got -1."],
      [() => new AdaptiveLayerNorm(3, 2).forward(zeros([4, 2]), condition), ShapeError, "adaptiveLayerNorm: expected input of shape [N, ..., 3], got [4, 2]."],
      [() => new AdaptiveLayerNorm(3, 2).forward(x, x), ShapeError, "linear: expected input of shape [..., 2], got [4, 3]."],
      [() => new AdaptiveLayerNorm(3, 0), ShapeError, "AdaptiveLayerNorm: expected conditions to be a whole number ≥ 1, got 0."],
      [() => new AdaptiveLayerNorm(0, 3), ShapeError, "AdaptiveLayerNorm: expected features to be a whole number ≥ 1, got 0."],
    ], // prettier-ignore
  },
  spade: {
    positions: true,
    dense: (x, w) => spade(w.matmul(x), { eps: 0 }),
    kinds: (shape) => {
      if (shape.length < 3) return [];
      return [
        ...spadeKind("batch", channelGroups(shape), shape),
        ...spadeKind("instance", rowGroups(shape, shape.length - 2), shape),
      ];
    },
    layers: [
      { layer: new SPADE(3, 2, { hiddenChannels: 4 }), printed: "SPADE(3, 2, eps=1e-5, momentum=0.1, hiddenChannels=4)", shape: [2, 3, 3, 4], others: [map], same: (x) => batchNorm(x) },
      { layer: new SPADE(3, 2, { statistics: "instance", size: 1 }), printed: "SPADE(3, 2, eps=1e-5, momentum=0.1, statistics=instance, size=1)", shape: [2, 3, 3, 4], others: [map], same: (x) => instanceNorm(x) },
    ], // prettier-ignore
    errors: [
      [() => spade(x), ShapeError, "spade: expected input of shape [N, C, ...positions], got [4, 3]."],
      [() => spade(image, { weight: x }), ShapeError, "spade: expected weight of shape [2, 3, 3, 4], got [4, 3]."],
      [() => spade(zeros([1, 3, 1])), ShapeError, "spade: expected more than 1 value per channel when training, got input of shape [1, 3, 1]."],
      [() => spade(zeros([2, 3, 1]), { statistics: "instance" }), ShapeError, "spade: expected more than 1 position when training, got input of shape [2, 3, 1]."],
      [() => spade(image, { statistics: "layer" as "batch" }), ValueError, "spade: expected statistics batch or instance, got layer."],
      [() => spade(image, { training: false }), ValueError, "spade: expected runningMean and runningVar when training is false, got none."],
      [() => new SPADE(2, 2).forward(image, map), ShapeError, "spade: expected 2 channels on axis 1, got input of shape [2, 3, 3, 4]."],
      [() => new SPADE(3, 2).forward(image, image), ShapeError, "spade: expected input of shape [N, 3, H, W] and a map of shape [N, 2, H, W], got [2, 3, 3, 4] and [2, 3, 3, 4]."],
      [() => new SPADE(3, 2).forward(image, zeros([2, 2, 1, 1])), ShapeError, "spade: expected input of shape [N, 3, H, W] and a map of shape [N, 2, H, W], got [2, 3, 3, 4] and [2, 2, 1, 1]."],
      [() => new SPADE(3, 0), ShapeError, "SPADE: expected mapChannels to be a whole number ≥ 1, got 0."],
    ], // prettier-ignore
  },
};
