export {
  type ActivationFunction,
  type ActivationName,
  type ActivationWord,
  activationNames,
  resolveActivation,
} from "./activations/activation.ts";
export * from "./activations/activations.ts";
export type { AxesOptions, AxisOptions } from "./activations/axis-options.ts";
export type { SoftmaxOptions } from "./activations/softmax-options.ts";
export { additiveAttention, type AdditiveAttentionArguments } from "./attention/additive-attention.ts";
export type { Attended } from "./attention/attend.ts";
export type { AttentionArguments, PaddingMasks } from "./attention/attention-arguments.ts";
export { attention, type LuongAttentionArguments, type ScoreMode } from "./attention/attention.ts";
export type { AttentionWeights, MultiHeadAttentionArguments } from "./attention/attend-by-heads.ts";
export {
  multiHeadAttention,
  multiHeadAttentionWithWeights,
  type MultiHeadAttentionWithWeightsArguments,
} from "./attention/multi-head-attention.ts";
export { positionalEncoding, type PositionalEncodingArguments } from "./attention/positional-encoding.ts";
export type { QueryAttentionArguments } from "./attention/query-attention.ts";
export {
  rotaryEmbedding,
  type RotaryEmbeddingArguments,
  type RotaryEmbeddingOptions,
  type RotaryLayout,
} from "./attention/rotary-embedding.ts";
export {
  scaledDotProductAttention,
  type ScaledDotProductAttentionArguments,
} from "./attention/scaled-dot-product-attention.ts";
export {
  sinusoidalPositionalEncoding,
  type SinusoidalPositionalEncodingOptions,
} from "./attention/sinusoidal-positional-encoding.ts";
export {
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  type TransposedConvolutionOptions,
} from "./convolution/conv-transpose.ts";
export { conv1d, conv2d, conv3d } from "./convolution/conv.ts";
export type { ConvolutionOptions } from "./convolution/conv-plan.ts";
export type { Extents } from "./convolution/extents-of.ts";
export type { PerAxis } from "./convolution/per-axis.ts";
export { fold, unfold, type UnfoldOptions } from "./convolution/unfold.ts";
export { bilinear } from "./dense/bilinear.ts";
export { linear } from "./dense/dense.ts";
export {
  dropConnect,
  dropConnectMoments,
  type DropConnectMomentsOptions,
  type DropConnectOptions,
} from "./dense/drop-connect.ts";
export { cosineSimilarity, type CosineSimilarityOptions } from "./distances/cosine-similarity.ts";
export { pairwiseDistance, type PairwiseDistanceOptions } from "./distances/pairwise-distance.ts";
export { alphaDropout, featureAlphaDropout } from "./dropout/alpha-dropout.ts";
export {
  blockDropLoss,
  blockDropReward,
  type BlockDropRewardOptions,
  samplePolicy,
  type SamplePolicyOptions,
} from "./dropout/block-drop.ts";
export { dropout, spatialDropout } from "./dropout/dropout.ts";
export type { DropMode, DropoutOptions } from "./dropout/dropping.ts";
export { guidedDropout, type GuidedDropoutOptions } from "./dropout/guided-dropout.ts";
export { stochasticDepth, type StochasticDepthOptions } from "./dropout/stochastic-depth.ts";
export { embeddingBag, type EmbeddingBagArguments } from "./embedding/embedding-bag.ts";
export { embedding } from "./embedding/embedding.ts";
export type { EmbeddingArguments } from "./embedding/look-up.ts";
export { gatConv, type GATConvArguments } from "./graph/gat-conv.ts";
export { gcnConv, type GCNConvArguments } from "./graph/gcn-conv.ts";
export { segmentMax, segmentSoftmax } from "./segments/segment-max.ts";
export { segmentMean, segmentSum } from "./segments/segments.ts";
export { cosineEmbeddingLoss, type CosineEmbeddingLossOptions } from "./losses/cosine-embedding-loss.ts";
export { gaussianNllLoss, type GaussianNllLossOptions } from "./losses/gaussian-nll-loss.ts";
export { ctcLoss, type CTCLossOptions } from "./losses/ctc-loss.ts";
export { gramMatrix } from "./losses/gram-matrix.ts";
export { marginRankingLoss, type MarginRankingLossOptions } from "./losses/margin-ranking-loss.ts";
export { reduceLosses, type ReduceLossesOptions } from "./losses/reduce-losses.ts";
export type { Reduction, ReductionOptions } from "./losses/reduction.ts";
export { type LossFunction, type LossName, lossNames, resolveLoss } from "./losses/resolve-loss.ts";
export { smoothLabels } from "./losses/smooth-labels.ts";
export * from "./losses/target-losses.ts";
export { tripletMarginLoss, type TripletMarginLossOptions } from "./losses/triplet-margin-loss.ts";
export {
  type DistanceFunction,
  tripletMarginWithDistanceLoss,
  type TripletMarginWithDistanceLossOptions,
} from "./losses/triplet-margin-with-distance-loss.ts";
export {
  accumulatedBatchNorm,
  type AccumulatedBatchNormArguments,
  plainAccumulatedBatchNorm,
} from "./norms/activation/accumulated-batch-norm.ts";
export {
  channelMoments,
  combineMoments,
  type Moments,
  normalizeByMoments,
  type NormalizeByMomentsOptions,
} from "./norms/moments.ts";
export { adaptiveBatchNorm, plainAdaptiveBatchNorm } from "./norms/activation/adaptive-batch-norm.ts";
export { adaptiveInstanceNorm, type AdaptiveInstanceNormOptions } from "./norms/activation/adaptive-instance-norm.ts";
export { adaNorm, type AdaNormOptions, plainAdaNorm } from "./norms/activation/ada-norm.ts";
export { batchLayerNorm, type BatchLayerNormArguments } from "./norms/activation/batch-layer-norm.ts";
export {
  type BatchFamilyArguments,
  batchNorm,
  type BatchNormArguments,
  plainBatchNorm,
} from "./norms/activation/batch-norm.ts";
export { batchRenorm, type BatchRenormArguments } from "./norms/activation/batch-renorm.ts";
export { clusterNorm, type ClusterNormArguments } from "./norms/activation/cluster-norm.ts";
export {
  conditionalBatchNorm,
  type ConditionalBatchNormArguments,
  plainConditionalBatchNorm,
} from "./norms/activation/conditional-batch-norm.ts";
export { detachNorm, type DetachNormOptions, plainDetachNorm } from "./norms/activation/detach-norm.ts";
export { divisiveNorm, type DivisiveNormArguments } from "./norms/activation/divisive-norm.ts";
export { dynamicTanh, type DynamicTanhArguments } from "./norms/activation/dynamic-tanh.ts";
export { film } from "./norms/activation/film.ts";
export {
  filterResponseNorm,
  type FilterResponseNormArguments,
  plainFilterResponseNorm,
} from "./norms/activation/filter-response-norm.ts";
export { graphNorm, type GraphNormArguments } from "./norms/activation/graph-norm.ts";
export { ghostBatchNorm, plainGhostBatchNorm } from "./norms/activation/ghost-batch-norm.ts";
export { groupNorm, type GroupNormArguments, plainGroupNorm } from "./norms/activation/group-norm.ts";
export { instanceNorm, type InstanceNormArguments, plainInstanceNorm } from "./norms/activation/instance-norm.ts";
export { layerNorm, type LayerNormArguments, plainLayerNorm } from "./norms/activation/layer-norm.ts";
export { lipschitzNorm, type LipschitzNormOptions } from "./norms/activation/lipschitz-norm.ts";
export { localResponseNorm, type LocalResponseNormOptions } from "./norms/activation/local-response-norm.ts";
export { meanOnlyBatchNorm, type MeanOnlyBatchNormArguments } from "./norms/activation/mean-only-batch-norm.ts";
export { mixtureNorm, type MixtureNormArguments } from "./norms/activation/mixture-norm.ts";
export { unsupervisedClusterNorm } from "./norms/activation/unsupervised-cluster-norm.ts";
export { normalize, type NormalizeOptions } from "./norms/activation/normalize.ts";
export { pairNorm, type PairNormOptions } from "./norms/activation/pair-norm.ts";
export {
  plainRecurrentBatchNorm,
  recurrentBatchNorm,
  type RecurrentBatchNormArguments,
} from "./norms/activation/recurrent-batch-norm.ts";
export { powerNorm, type PowerNormArguments } from "./norms/activation/power-norm.ts";
export { plainRMSNorm, rmsNorm, type RMSNormArguments } from "./norms/activation/rms-norm.ts";
export { plainScaleNorm, scaleNorm, type ScaleNormArguments } from "./norms/activation/scale-norm.ts";
export {
  adaptiveLayerNorm,
  type AdaptiveLayerNormArguments,
  plainAdaptiveLayerNorm,
} from "./norms/activation/adaptive-layer-norm.ts";
export { batchInstanceNorm, type BatchInstanceNormArguments } from "./norms/activation/batch-instance-norm.ts";
export { dynamicErf, type DynamicErfArguments } from "./norms/activation/dynamic-erf.ts";
export { evoNormB0, type EvoNormB0Arguments } from "./norms/activation/evo-norm-b0.ts";
export { evoNormS0, type EvoNormS0Arguments } from "./norms/activation/evo-norm-s0.ts";
export { globalResponseNorm, type GlobalResponseNormArguments } from "./norms/activation/global-response-norm.ts";
export { iterNorm, type IterNormArguments } from "./norms/activation/iter-norm.ts";
export { l1BatchNorm, type L1BatchNormArguments } from "./norms/activation/l1-batch-norm.ts";
export { pixelNorm, plainPixelNorm } from "./norms/activation/pixel-norm.ts";
export {
  plainPositionalNorm,
  type PositionalMoments,
  type PositionalMomentsOptions,
  positionalNorm,
  type PositionalNormArguments,
  positionalNormWithMoments,
} from "./norms/activation/positional-norm.ts";
export { plainSpade, spade, type SPADEArguments } from "./norms/activation/spade.ts";
export { switchableNorm, type SwitchableNormArguments } from "./norms/activation/switchable-norm.ts";
export { transNorm, type TransNormArguments } from "./norms/activation/trans-norm.ts";
export type { SetsArguments } from "./norms/statistics-sets.ts";
export type { CosineFunction, CosineOptions } from "./norms/cosine-dense.ts";
export { centeredCosineNorm } from "./norms/weight/centered-cosine-norm.ts";
export { centeredWeightNorm, type CenteredWeightNormOptions } from "./norms/weight/centered-weight-norm.ts";
export { cosineNorm } from "./norms/weight/cosine-norm.ts";
export {
  powerIteration,
  type PowerIterationOptions,
  spectralNorm,
  type SpectralNormOptions,
} from "./norms/weight/spectral-norm.ts";
export { modulatedConv2d, type ModulatedConvolutionOptions } from "./norms/weight/modulated-conv2d.ts";
export {
  scaledWeightStandardization,
  type ScaledWeightStandardizationOptions,
} from "./norms/weight/scaled-weight-standardization.ts";
export { weightNorm, type WeightNormOptions } from "./norms/weight/weight-norm.ts";
export {
  plainWeightStandardization,
  weightStandardization,
  type WeightStandardizationOptions,
} from "./norms/weight/weight-standardization.ts";
export {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
  type OutputSize,
} from "./pooling/adaptive-pool.ts";
export { type AveragePoolOptions, avgPool1d, avgPool2d, avgPool3d } from "./pooling/avg-pool.ts";
export {
  fractionalMaxPool2d,
  fractionalMaxPool3d,
  type FractionalMaxPoolOptions,
  fractionalMaxPoolWithIndices,
} from "./pooling/fractional-max-pool.ts";
export { globalAvgPool, globalMaxPool, type GlobalPoolOptions } from "./pooling/global-pool.ts";
export { lpPool1d, lpPool2d, lpPool3d, type LPPoolOptions } from "./pooling/lp-pool.ts";
export {
  maxPool1d,
  maxPool2d,
  maxPool3d,
  type MaxPoolOptions,
  type MaxPoolResult,
  maxPoolWithIndices,
} from "./pooling/max-pool.ts";
export { maxUnpool, type MaxUnpoolOptions } from "./pooling/max-unpool.ts";
export type { PoolingOptions, PoolPadding } from "./pooling/pooling-window.ts";
export { gruCell, type GRUCellArguments } from "./recurrent/gru.ts";
export { lstmCell, type LSTMCellArguments, type LSTMState } from "./recurrent/lstm.ts";
export type { Lengths } from "./recurrent/lengths.ts";
export {
  packPaddedSequence,
  type PackPaddedSequenceOptions,
  packSequence,
  type PackSequenceOptions,
  padPackedSequence,
  type PadPackedSequenceOptions,
  unpackSequence,
} from "./recurrent/pack-sequence.ts";
export type { PackedSequence } from "./recurrent/packed-sequence.ts";
export { padSequence, type PadSequenceOptions, type SequenceLayout, unpadSequence } from "./recurrent/pad-sequence.ts";
export type { CellWeights } from "./recurrent/recurrent-cell.ts";
export type { GateActivations, RNNActivation } from "./recurrent/gate-activations.ts";
export { affineGrid, type AffineGridOptions } from "./resampling/affine-grid.ts";
export { channelShuffle } from "./resampling/channel-shuffle.ts";
export { gridSample, type GridSampleOptions } from "./resampling/grid-sample.ts";
export type { InterpolationMode } from "./resampling/interpolation-mode.ts";
export { interpolate, type InterpolateOptions } from "./resampling/interpolate.ts";
export { pixelShuffle, pixelUnshuffle } from "./resampling/pixel-shuffle.ts";
export { rnnCell, type RNNCellArguments } from "./recurrent/rnn.ts";
