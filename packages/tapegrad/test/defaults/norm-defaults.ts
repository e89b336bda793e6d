import { absent, type DefaultRow, type DefaultTable, only, required, unset } from "./default-table.ts";
import { affineLayer, bias, dtype, generator, noRule, type Rows } from "./layer-rows.ts";

const tensors: Rows = { weight: [unset, unset, absent], bias: [unset, unset, absent] };
const running: Rows = { runningMean: [unset, unset, absent], runningVar: [unset, unset, absent] };
const eps: DefaultRow = [1e-5, 1e-5, 1e-3];
const rmsEps: DefaultRow = ["machine", "machine", 1e-6];
const momentum: DefaultRow = [0.1, 0.1, 0.01];
const affine: DefaultRow = [true, true, true];
const followed = "true unless there are running statistics, as they are only given to be used";
const normRules: Rows = {
  gammaRegularizer: noRule,
  betaRegularizer: noRule,
  gammaConstraint: noRule,
  betaConstraint: noRule,
};
const ownRules: Rows = only({
  gammaRegularizer: unset,
  betaRegularizer: unset,
  gammaConstraint: unset,
  betaConstraint: unset,
});
const batchNormLayer: Rows = {
  eps,
  momentum,
  affine,
  trackRunningStats: [true, true, absent],
  runningVariance: ["unbiased", absent, absent],
  ...normRules,
};
const denseNorm: Rows = { activation: [unset, absent, absent], ...affineLayer };
const withoutBias = {
  ...({ init: unset, generator: unset, dtype: "float32" } as const),
  ...({ kernelRegularizer: unset, kernelConstraint: unset, activation: unset } as const),
};
const cosineDense = only({ eps: 1e-10, scale: unset, ...withoutBias });
const rule = { momentum: 0.1, runningVariance: "unbiased" } as const;
const statistics = {
  runningMean: unset,
  runningVar: unset,
  numBatchesTracked: unset,
  training: unset,
  ...rule,
} as const;
/** Options that norms have from BatchNorm. */
const family = { weight: unset, bias: unset, eps: 1e-5, ...statistics } as const;
const { numBatchesTracked: _, ...sets } = family;
const familyLayer = { eps: 1e-5, affine: true, dtype: "float32", ...rule } as const;
const powerRates = { alphaForward: 0.9, alphaBackward: 0.9, layerScale: true } as const;
const modulation = { init: "zeros", generator: unset, dtype: "float32" } as const;
const affineLayerNorm = { eps: 1e-5, affine: true, dtype: "float32" } as const;
const whitening = { groups: 1, iterations: 5, momentum: 0.1 } as const;
const modulated = { demodulate: true, eps: 1e-8 } as const;
const convolution = { stride: 1, padding: 0, dilation: 1, groups: 1 } as const;
const deviations = { weight: unset, bias: unset, eps: 1e-5, training: unset, momentum: 0.1 } as const;
/** Where the channels are: on axis 1 in PyTorch, on the last in Keras. */
const channelAxis: Rows = { axis: [1, absent, -1] };
const sampleAxes = { axis: unset, batched: true } as const;
const mask = { mask: unset } as const;
/** Norms, as functions and layers. */
export const normDefaults: DefaultTable = {
  "nn.functional.layerNorm": { torch: "nn.functional.layer_norm", options: { ...tensors, eps: [1e-5, 1e-5, absent], ...only({ axis: unset, rmsScaling: false, ...mask }) } },
  "nn.functional.rmsNorm": {
    torch: "nn.functional.rms_norm",
    options: { weight: tensors["weight"]!, ...only({ bias: unset, partial: 1, axis: unset, ...mask }), eps: ["machine", "machine", absent] },
  },
  "nn.functional.groupNorm": { torch: "nn.functional.group_norm", options: { ...tensors, eps: [1e-5, 1e-5, absent], ...only({ ...sampleAxes, ...mask }) } },
  "nn.functional.batchNorm": {
    torch: "nn.functional.batch_norm",
    keras: "ops.batch_normalization",
    options: {
      ...tensors,
      ...only({ numBatchesTracked: unset, runningVariance: "unbiased", ...mask }),
      axis: [1, absent, required],
      runningMean: [unset, required, required],
      runningVar: [unset, required, required],
      eps,
      momentum: [0.1, 0.1, absent],
      training: [unset, false, absent, followed],
    },
  },
  "nn.functional.instanceNorm": {
    torch: "nn.functional.instance_norm",
    options: {
      ...tensors,
      ...running,
      ...only({ numBatchesTracked: unset, ...sampleAxes, ...mask }),
      eps: [1e-5, 1e-5, absent],
      momentum: [0.1, 0.1, absent],
      training: [unset, true, absent, followed],
    },
  },
  "nn.functional.localResponseNorm": {
    torch: "nn.functional.local_response_norm",
    options: { alpha: [1e-4, 1e-4, absent], beta: [0.75, 0.75, absent], k: [1, 1, absent], average: [true, absent, absent] },
  },
  "nn.functional.normalize": {
    torch: "nn.functional.normalize",
    keras: "ops.normalize",
    options: { p: [2, 2, 2], axis: [1, 1, -1], eps: [1e-12, 1e-12, unset] },
  },
  "nn.UnitNorm": { keras: "layers.UnitNormalization", options: { p: [2, absent, absent], axis: [1, absent, -1], eps: [1e-12, absent, absent] } },
  "nn.functional.scaleNorm": { options: only({ weight: unset, eps: 1e-5 }) },
  "nn.functional.adaNorm": { options: only({ scale: 1, k: 0.1, eps: 1e-5 }) },
  "nn.functional.detachNorm": { options: only({ detach: "both", eps: 1e-5 }) },
  "nn.functional.weightNorm": { options: only({ axis: 0 }) },
  "nn.functional.centeredWeightNorm": { options: only({ axis: 0, eps: 1e-10 }) },
  "nn.functional.meanOnlyBatchNorm": {
    options: only({ bias: unset, runningMean: unset, training: unset, momentum: 0.1 }),
  },
  "nn.MeanOnlyBatchNorm": { options: only({ momentum: 0.1, bias: true, dtype: "float32" }) },
  "nn.functional.cosineNorm": { options: only({ eps: 1e-10 }) },
  "nn.functional.centeredCosineNorm": { options: only({ eps: 1e-10 }) },
  "nn.ScaledDense": { options: only({ gamma: 1, ...withoutBias, init: "normal" }) },
  "nn.CosineDense": { options: cosineDense },
  "nn.CenteredCosineDense": { options: cosineDense },
  "nn.functional.weightStandardization": { options: only({ axis: 0, eps: 1e-5 }) },
  "nn.functional.spectralNorm": { options: only({ axis: 0 }) },
  "nn.functional.powerIteration": { options: only({ axis: 0, iterations: 1, eps: 1e-12 }) },
  "nn.LayerNorm": { torch: "nn.LayerNorm", keras: "layers.LayerNormalization", options: { eps, affine, bias, dtype, ...normRules, axis: [unset, absent, -1], rmsScaling: [false, absent, false] } },
  "nn.RMSNorm": {
    torch: "nn.RMSNorm",
    keras: "layers.RMSNormalization",
    options: { eps: rmsEps, affine: [true, true, absent], bias: [false, absent, absent], partial: [1, absent, absent], dtype, ...ownRules, axis: [unset, absent, -1] },
  },
  "nn.GroupNorm": { torch: "nn.GroupNorm", keras: "layers.GroupNormalization", options: { eps, affine, dtype, ...normRules, axis: [unset, absent, -1], batched: [true, absent, absent] } },
  "nn.BatchNorm": { torch: "nn.BatchNorm1d", keras: "layers.BatchNormalization", options: { ...batchNormLayer, dtype, ...channelAxis } },
  "nn.InstanceNorm": {
    torch: "nn.InstanceNorm1d",
    options: {
      eps: [1e-5, 1e-5, absent],
      momentum: [0.1, 0.1, absent],
      affine: [false, false, absent],
      trackRunningStats: [false, false, absent],
      dtype: ["float32", "float32", absent],
      ...ownRules,
      ...only(sampleAxes),
    },
  },
  "nn.LocalResponseNorm": {
    torch: "nn.LocalResponseNorm",
    options: { alpha: [1e-4, 1e-4, absent], beta: [0.75, 0.75, absent], k: [1, 1, absent], average: [true, absent, absent] },
  },
  "nn.functional.batchRenorm": { options: only({ ...family, rMax: 3, dMax: 5 }) },
  "nn.BatchRenorm": { options: { ...only({ ...familyLayer, rMax: 3, dMax: 5 }), ...ownRules } },
  "nn.functional.adaptiveBatchNorm": { options: only(sets) },
  "nn.AdaptiveBatchNorm": { options: { ...only(familyLayer), ...ownRules } },
  "nn.functional.recurrentBatchNorm": { options: only({ ...sets, start: 0 }) },
  "nn.RecurrentBatchNorm": { options: { ...only({ ...familyLayer, gain: 0.1 }), ...ownRules } },
  "nn.functional.transNorm": { options: only({ ...sets, domain: "target" }) },
  "nn.TransNorm": { options: { ...only(familyLayer), ...ownRules } },
  "nn.functional.accumulatedBatchNorm": { options: only({ ...family, gathered: unset, partsGathered: unset }) },
  "nn.AccumulatedBatchNorm": { options: { ...only(familyLayer), ...ownRules } },
  "nn.functional.normalizeByMoments": { options: only({ weight: unset, bias: unset, eps: 1e-5 }) },
  "nn.functional.ghostBatchNorm": { options: only(family) },
  "nn.GhostBatchNorm": { options: { ...only({ ...familyLayer, trackRunningStats: true }), ...ownRules } },
  "nn.functional.batchLayerNorm": { options: only({ ...family, eps: 1e-3, zeta: 1e-4 }) },
  "nn.BatchLayerNorm": { options: { ...only({ ...familyLayer, trackRunningStats: true, eps: 1e-3, zeta: 1e-4 }), ...ownRules } },
  "nn.functional.powerNorm": { options: only({ weight: unset, bias: unset, eps: 1e-5, training: unset, ...powerRates }) },
  "nn.PowerNorm": { options: { ...only({ eps: 1e-5, affine: true, dtype: "float32", ...powerRates }), ...ownRules } },
  "nn.functional.clusterNorm": { options: only({ eps: 1e-3 }) },
  "nn.ClusterNorm": { options: only({ eps: 1e-3, generator: unset, dtype: "float32" }) },
  "nn.functional.unsupervisedClusterNorm": { options: only({ eps: 1e-3 }) },
  "nn.UnsupervisedClusterNorm": { options: only({ eps: 1e-3, generator: unset, dtype: "float32" }) },
  "nn.functional.mixtureNorm": { options: only({ weight: unset, bias: unset, eps: 1e-5, iterations: 2, momentum: 0.1, runningPrior: unset, runningMean: unset, runningVar: unset, training: unset }) },
  "nn.MixtureNorm": { options: { ...only({ eps: 1e-5, affine: true, dtype: "float32", iterations: 2, momentum: 0.1 }), ...ownRules } },
  "nn.functional.conditionalBatchNorm": { options: only(family) },
  "nn.ConditionalBatchNorm": { options: only({ ...rule, ...modulation, eps: 1e-5, trackRunningStats: true }) },
  "nn.FiLM": { options: only(modulation) },
  "nn.functional.adaptiveInstanceNorm": { options: only({ eps: 1e-5 }) },
  "nn.AdaptiveInstanceNorm": { options: only({ eps: 1e-5 }) },
  "nn.ScaleNorm": { options: only({ eps: 1e-5, scale: unset, dtype: "float32", gammaRegularizer: unset, gammaConstraint: unset }) },
  "nn.functional.divisiveNorm": { options: only({ inverse: false, alpha: 2, epsilon: 0.5 }) },
  "nn.DivisiveNorm": { options: only({ inverse: false, alpha: 2, epsilon: 0.5, dtype: "float32" }) },
  "nn.functional.dynamicTanh": { options: only({ weight: unset, bias: unset, alpha: 0.5 }) },
  "nn.DynamicTanh": { options: { ...only({ alpha: 0.5, affine: true, dtype: "float32" }), ...ownRules } },
  "nn.functional.dynamicErf": { options: only({ weight: unset, bias: unset, alpha: 0.5, shift: 0 }) },
  "nn.DynamicErf": { options: { ...only({ alpha: 0.5, shift: 0, affine: true, dtype: "float32" }), ...ownRules } },
  "nn.functional.pixelNorm": { options: only({ eps: 1e-8 }) },
  "nn.PixelNorm": { options: only({ eps: 1e-8 }) },
  "nn.functional.positionalNorm": { options: only({ weight: unset, bias: unset, eps: 1e-5 }) },
  "nn.functional.positionalNormWithMoments": { options: only({ eps: 1e-5 }) },
  "nn.PositionalNorm": { options: { ...only(affineLayerNorm), ...ownRules } },
  "nn.functional.adaptiveLayerNorm": { options: only({ weight: unset, bias: unset, eps: 1e-5 }) },
  "nn.AdaptiveLayerNorm": { options: only({ ...modulation, eps: 1e-5 }) },
  "nn.AdaptiveLayerNormZero": { options: only({ ...modulation, eps: 1e-5 }) },
  "nn.functional.spade": { options: only({ ...family, statistics: "batch" }) },
  "nn.SPADE": { options: only({ ...rule, ...modulation, eps: 1e-5, statistics: "batch", hiddenChannels: 128, size: 3 }) },
  "nn.functional.globalResponseNorm": { options: only({ eps: 1e-6 }) },
  "nn.GlobalResponseNorm": { options: { ...only({ eps: 1e-6, dtype: "float32" }), ...ownRules } },
  "nn.functional.batchInstanceNorm": { options: only(family) },
  "nn.BatchInstanceNorm": { options: { ...only({ ...familyLayer, trackRunningStats: true }), ...ownRules } },
  "nn.functional.switchableNorm": { options: only(family) },
  "nn.SwitchableNorm": { options: { ...only({ ...familyLayer, trackRunningStats: true }), ...ownRules } },
  "nn.functional.evoNormB0": { options: only({ ...deviations, runningVar: unset }) },
  "nn.EvoNormB0": { options: { ...only({ ...affineLayerNorm, momentum: 0.1 }), ...ownRules } },
  "nn.functional.evoNormS0": { options: only({ weight: unset, bias: unset, eps: 1e-5, groups: 32 }) },
  "nn.EvoNormS0": { options: { ...only({ ...affineLayerNorm, groups: 32 }), ...ownRules } },
  "nn.functional.l1BatchNorm": { options: only({ ...deviations, runningMean: unset, runningDeviation: unset }) },
  "nn.L1BatchNorm": { options: { ...only({ ...affineLayerNorm, momentum: 0.1 }), ...ownRules } },
  "nn.functional.iterNorm": { options: only({ ...deviations, ...whitening, runningMean: unset, runningWhitening: unset }) },
  "nn.IterNorm": { options: { ...only({ ...affineLayerNorm, ...whitening }), ...ownRules } },
  "nn.functional.scaledWeightStandardization": { options: only({ axis: 0, eps: 1e-10, gain: 1 }) },
  "nn.norms.scaledWeightStandardization": { options: only({ axis: unset, eps: 1e-10, gain: 1 }) },
  "nn.functional.modulatedConv2d": { options: only({ ...convolution, ...modulated }) },
  "nn.ModulatedConv2d": {
    options: only({ ...convolution, ...modulated, styleInit: "zeros", init: unset, generator: unset, dtype: "float32", kernelRegularizer: unset, kernelConstraint: unset }),
  },
  "nn.functional.filterResponseNorm": { options: only({ weight: unset, bias: unset, eps: 1e-6 }) },
  "nn.FilterResponseNorm": { options: { ...only({ eps: 1e-6, learnEps: false, affine: true, dtype: "float32" }), ...ownRules } },
  "nn.functional.pairNorm": { options: only({ mode: "PN", scale: 1, eps: 1e-6 }) },
  "nn.PairNorm": { options: only({ mode: "PN", scale: 1, eps: 1e-6 }) },
  "nn.functional.graphNorm": {
    options: only({ graph: unset, meanScale: unset, weight: unset, bias: unset, eps: 1e-6 }),
  },
  "nn.GraphNorm": { options: { ...only({ eps: 1e-6, affine: true, dtype: "float32" }), ...ownRules } },
  "nn.functional.lipschitzNorm": { options: only({ eps: 1e-12 }) },
  "nn.AdaNorm": { options: only({ scale: 1, k: 0.1, eps: 1e-5 }) },
  "nn.DetachNorm": { options: only({ detach: "both", eps: 1e-5 }) },
  // A Dense and a norm in one: each option is that of its part.
  "nn.DenseBatchNorm": { torch: "nn.Linear, nn.BatchNorm1d", keras: "layers.Dense, layers.BatchNormalization", options: { ...denseNorm, ...batchNormLayer, ...channelAxis } },
  "nn.DenseLayerNorm": { torch: "nn.Linear, nn.LayerNorm", keras: "layers.Dense, layers.LayerNormalization", options: { ...denseNorm, eps, affine, normBias: [true, true, true], ...normRules, rmsScaling: [false, absent, false] } },
  "nn.DenseRMSNorm": { torch: "nn.Linear, nn.RMSNorm", keras: "layers.Dense, layers.RMSNormalization", options: { ...denseNorm, eps: rmsEps, affine: [true, true, absent], normBias: [false, absent, absent], partial: [1, absent, absent], ...ownRules } },
  "nn.norms.preconditioning": { options: only({ eps: 0.01, momentum: 1 }) },
  "nn.parametrizations.weightNorm": {
    torch: "nn.utils.parametrizations.weight_norm",
    options: { name: ["weight", "weight", absent], axis: [0, 0, absent] },
  },
  "nn.parametrizations.spectralNorm": {
    torch: "nn.utils.parametrizations.spectral_norm",
    options: { name: ["weight", "weight", absent], iterations: [1, 1, absent], eps: [1e-12, 1e-12, absent], axis: [unset, unset, absent], generator: [unset, absent, absent] },
  },
  "nn.parametrize.registerParametrization": {
    torch: "nn.utils.parametrize.register_parametrization",
    options: { unsafe: [false, false, absent] },
  },
  "nn.parametrize.removeParametrizations": {
    torch: "nn.utils.parametrize.remove_parametrizations",
    options: { leaveParametrized: [true, true, absent] },
  },
  "nn.norms.weightNorm": { torch: "nn.utils.parametrizations.weight_norm", options: { axis: [0, 0, absent] } },
  "nn.norms.centeredWeightNorm": { options: only({ axis: unset, eps: 1e-10 }) },
  "nn.norms.weightStandardization": { options: only({ axis: unset, eps: 1e-5 }) },
  "nn.norms.spectralNorm": {
    torch: "nn.utils.parametrizations.spectral_norm",
    keras: "layers.SpectralNormalization",
    options: {
      axis: [unset, unset, absent],
      iterations: [1, 1, 1],
      eps: [1e-12, 1e-12, absent],
      generator,
    },
  },
}; // prettier-ignore
