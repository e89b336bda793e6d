import * as nn from "@tapegrad/nn";
import { ones, randint, randn, type Tensor } from "@tapegrad/tensor";

/** A norm of an input, or of a weight, and what it trains besides. */
export interface NormSample {
  readonly shape: readonly number[];
  readonly forward: (x: nn.Parameter) => Tensor;
  readonly parameters: readonly nn.Parameter[];
}

const { functional } = nn;
const [samples, features, channels] = [512, 1024, 64];
/** Every input has as many elements. */
const matrix = [samples, features];
const images = [128, channels, 8, 8];

/** A layer over an input of a shape, and what `forward` takes besides. */
function layer<In extends unknown[]>(
  shape: readonly number[],
  module: nn.Module<[x: Tensor, ...In]>,
  ...others: In
): NormSample {
  return { shape, forward: (x) => module.forward(x, ...others), parameters: [...module.parameters()] };
}

/** A function of a weight or of an input, and of what else is trained. */
function call(
  shape: readonly number[],
  forward: (x: Tensor, ...trained: Tensor[]) => Tensor,
  ...trained: Tensor[]
): NormSample {
  const parameters = trained.map((t) => new nn.Parameter(t));
  return { shape, forward: (x) => forward(x, ...parameters), parameters };
}

/** To which of `groups` each of `count` belongs, at random. */
const members = (count: number, groups: number): Tensor => randint(0, groups, [count]);

/** Scores of edges between as many nodes with a head of features each. */
function lipschitz(): NormSample {
  const [nodes, edges] = [8192, 16_384];
  const ends = randint(0, nodes, [2, edges]);
  const scores = randn([edges, 1]);
  const forward = (x: Tensor, attention: Tensor): Tensor => functional.lipschitzNorm(scores, x, attention, ends);
  return call([nodes, 1, channels], forward, randn([1, 2 * channels]));
}

/** A weight divided by what its singular vectors, which are not trained, say of it. */
function spectral(): NormSample {
  const [u, v] = [randn([samples]), randn([features])];
  return call(matrix, (w) => functional.spectralNorm(w, u, v));
}

/** How each norm is called, in the shapes that it is for. */
export const normSamples: Readonly<Record<nn.norms.NormName, readonly (() => NormSample)[]>> = {
  layerNorm: [() => layer(matrix, new nn.LayerNorm(features))],
  layerNormSimple: [() => layer(matrix, new nn.LayerNorm(features, { affine: false }))],
  layerNormScaling: [() => layer(matrix, new nn.LayerNorm(features, { rmsScaling: true }))],
  adaptiveLayerNorm: [() => layer(matrix, new nn.AdaptiveLayerNorm(features, 8), randn([samples, 8]))],
  partialRMSNorm: [() => layer(matrix, new nn.RMSNorm(features, { partial: 0.25 }))],
  pixelNorm: [() => layer(matrix, new nn.PixelNorm()), () => layer(images, new nn.PixelNorm())],
  positionalNorm: [() => layer(images, new nn.PositionalNorm(channels))],
  rmsNorm: [() => layer(matrix, new nn.RMSNorm(features))],
  scaleNorm: [() => layer(matrix, new nn.ScaleNorm(features))],
  adaNorm: [() => layer(matrix, new nn.AdaNorm(features))],
  detachNorm: [() => layer(matrix, new nn.DetachNorm(features))],
  dynamicErf: [() => layer(matrix, new nn.DynamicErf(features))],
  selu: [() => layer(matrix, new nn.SELU())],
  dynamicTanh: [() => layer(matrix, new nn.DynamicTanh(features))],
  batchNorm: [() => layer(matrix, new nn.BatchNorm(features)), () => layer(images, new nn.BatchNorm(channels))],
  ghostBatchNorm: [
    () => layer(matrix, new nn.GhostBatchNorm(features, 32)),
    () => layer(images, new nn.GhostBatchNorm(channels, 32)),
  ],
  accumulatedBatchNorm: [() => layer(matrix, new nn.AccumulatedBatchNorm(features, 2))],
  l1BatchNorm: [() => layer(matrix, new nn.L1BatchNorm(features)), () => layer(images, new nn.L1BatchNorm(channels))],
  batchInstanceNorm: [() => layer(images, new nn.BatchInstanceNorm(channels))],
  switchableNorm: [() => layer(images, new nn.SwitchableNorm(channels))],
  iterNorm: [() => layer(images, new nn.IterNorm(channels, { groups: 4 }))],
  evoNormB0: [() => layer(images, new nn.EvoNormB0(channels))],
  evoNormS0: [() => layer(images, new nn.EvoNormS0(channels, { groups: 8 }))],
  mixtureNorm: [() => layer(images, new nn.MixtureNorm(channels, 4))],
  batchLayerNorm: [() => layer(matrix, new nn.BatchLayerNorm(features, samples))],
  batchRenorm: [() => layer(matrix, new nn.BatchRenorm(features)), () => layer(images, new nn.BatchRenorm(channels))],
  conditionalBatchNorm: [
    () => layer(matrix, new nn.ConditionalBatchNorm(features, 8), randn([samples, 8])),
    () => layer(images, new nn.ConditionalBatchNorm(channels, 8), randn([128, 8])),
  ],
  spade: [() => layer(images, new nn.SPADE(channels, 4, { hiddenChannels: 8 }), randn([128, 4, 8, 8]))],
  adaptiveBatchNorm: [() => layer(matrix, new nn.AdaptiveBatchNorm(features, 4), 1)],
  transNorm: [() => layer(matrix, new nn.TransNorm(features)), () => layer(images, new nn.TransNorm(channels))],
  recurrentBatchNorm: [() => layer([16, 32, features], new nn.RecurrentBatchNorm(features, 16), 0)],
  clusterNorm: [() => layer(matrix, new nn.ClusterNorm(features, 4), members(samples, 4))],
  unsupervisedClusterNorm: [() => layer(matrix, new nn.UnsupervisedClusterNorm(features, 4))],
  powerNorm: [() => layer(matrix, new nn.PowerNorm(features)), () => layer(images, new nn.PowerNorm(channels))],
  meanOnlyBatchNorm: [() => layer(matrix, new nn.MeanOnlyBatchNorm(features))],
  groupNorm: [() => layer(images, new nn.GroupNorm(8, channels))],
  instanceNorm: [() => layer(images, new nn.InstanceNorm(channels, { affine: true }))],
  adaptiveInstanceNorm: [() => layer(images, new nn.AdaptiveInstanceNorm(), randn(images))],
  film: [() => layer(images, new nn.FiLM(channels, 8), randn([128, 8]))],
  localResponseNorm: [() => layer(images, new nn.LocalResponseNorm(5))],
  divisiveNorm: [() => layer(images, new nn.DivisiveNorm(channels))],
  inverseDivisiveNorm: [() => layer(images, new nn.DivisiveNorm(channels, { inverse: true }))],
  globalResponseNorm: [() => layer(images, new nn.GlobalResponseNorm(channels))],
  filterResponseNorm: [
    () => layer(images, new nn.FilterResponseNorm(channels)),
    () => layer(images, new nn.FilterResponseNorm(channels, { learnEps: true })),
  ],
  normalize: [
    () => call(matrix, (x) => functional.normalize(x)),
    () => call(matrix, (x) => functional.normalize(x, { axis: 0 })),
  ],
  unitNorm: [() => layer(matrix, new nn.UnitNorm({ axis: -1 }))],
  // What weights are projected to after a step: nothing goes backward.
  maxNorm: [],
  minMaxNorm: [],
  qkNorm: [() => layer([16, 512, 64], new nn.MultiHeadAttention(64, 4, { qkScale: 8 }))],
  pairNorm: [() => layer(matrix, new nn.PairNorm())],
  pairNormSI: [() => layer(matrix, new nn.PairNorm({ mode: "PN-SI" }))],
  pairNormSCS: [() => layer(matrix, new nn.PairNorm({ mode: "PN-SCS" }))],
  graphNorm: [
    () => layer(matrix, new nn.GraphNorm(features), undefined),
    () => layer([8192, channels], new nn.GraphNorm(channels), members(8192, 16)),
  ],
  lipschitzNorm: [lipschitz],
  weightNorm: [() => call(matrix, (v, g) => functional.weightNorm(v, g), ones([samples, 1]))],
  centeredWeightNorm: [() => call(matrix, (v, g) => functional.centeredWeightNorm(v, g), ones([samples, 1]))],
  weightStandardization: [() => call(matrix, (w) => functional.weightStandardization(w))],
  scaledWeightStandardization: [() => call(matrix, (w) => functional.scaledWeightStandardization(w))],
  spectralNorm: [spectral],
  cosineNorm: [() => layer(matrix, new nn.CosineDense(features, 16))],
  centeredCosineNorm: [() => layer(matrix, new nn.CenteredCosineDense(features, 16))],
  modulatedConv2d: [() => layer(images, new nn.ModulatedConv2d(channels, 4, 3, 8, { padding: 1 }), randn([128, 8]))],
  scaledDense: [() => layer(matrix, new nn.ScaledDense(features, 16))],
};
