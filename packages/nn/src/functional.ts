export {
  type ActivationFunction,
  type ActivationName,
  activationNames,
  resolveActivation,
} from "./activations/activation.ts";
export * from "./activations/activations.ts";
export type { AxisOptions } from "./activations/axis-options.ts";
export { type AttentionWeights, multiHeadAttention } from "./functional/attention/multi-head-attention.ts";
export { positionalEncoding, type PositionalEncodingArguments } from "./functional/attention/positional-encoding.ts";
export {
  type AttentionArguments,
  scaledDotProductAttention,
} from "./functional/attention/scaled-dot-product-attention.ts";
export { conv1d, conv2d, conv3d } from "./convolution/conv.ts";
export {
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  type TransposedConvolutionOptions,
} from "./convolution/conv-transpose.ts";
export type { ConvolutionOptions } from "./convolution/convolution-plan.ts";
export type { PerAxis } from "./convolution/per-axis.ts";
export { fold, unfold, type UnfoldOptions } from "./convolution/unfold.ts";
export { dropout, type DropoutOptions } from "./dropout/dropout.ts";
export { embedding, type EmbeddingArguments } from "./functional/embedding/embedding.ts";
export { linear } from "./dense/dense.ts";
export { binaryCrossEntropy, type BinaryCrossEntropyOptions } from "./functional/losses/binary-cross-entropy.ts";
export {
  binaryCrossEntropyWithLogits,
  type BinaryCrossEntropyWithLogitsOptions,
} from "./functional/losses/binary-cross-entropy-with-logits.ts";
export { cosineEmbeddingLoss, type CosineEmbeddingLossOptions } from "./functional/losses/cosine-embedding-loss.ts";
export { crossEntropy, type CrossEntropyOptions } from "./functional/losses/cross-entropy.ts";
export { gaussianNllLoss, type GaussianNllLossOptions } from "./functional/losses/gaussian-nll-loss.ts";
export { hingeEmbeddingLoss, type HingeEmbeddingLossOptions } from "./functional/losses/hinge-embedding-loss.ts";
export { huberLoss, type HuberLossOptions } from "./functional/losses/huber-loss.ts";
export { klDivLoss, type KlDivLossOptions } from "./functional/losses/kl-div-loss.ts";
export { l1Loss } from "./functional/losses/l1-loss.ts";
export { marginRankingLoss, type MarginRankingLossOptions } from "./functional/losses/margin-ranking-loss.ts";
export { mseLoss } from "./functional/losses/mse-loss.ts";
export { nllLoss, type NllLossOptions } from "./functional/losses/nll-loss.ts";
export { poissonNllLoss, type PoissonNllLossOptions } from "./functional/losses/poisson-nll-loss.ts";
export { smoothL1Loss, type SmoothL1LossOptions } from "./functional/losses/smooth-l1-loss.ts";
export type { Reduction, ReductionOptions } from "./functional/losses/reduction.ts";
export { batchNorm, type BatchNormArguments } from "./functional/norms/batch-norm.ts";
export { groupNorm, type GroupNormArguments } from "./functional/norms/group-norm.ts";
export { instanceNorm, type InstanceNormArguments } from "./functional/norms/instance-norm.ts";
export { layerNorm, type LayerNormArguments, plainLayerNorm } from "./norms/activation/layer-norm.ts";
export { localResponseNorm, type LocalResponseNormOptions } from "./functional/norms/local-response-norm.ts";
export { normalize, type NormalizeOptions } from "./functional/norms/normalize.ts";
export { plainBatchNorm } from "./functional/norms/plain-batch-norm.ts";
export { plainGroupNorm } from "./functional/norms/plain-group-norm.ts";
export { plainInstanceNorm } from "./functional/norms/plain-instance-norm.ts";
export { plainRMSNorm } from "./functional/norms/plain-rms-norm.ts";
export { rmsNorm, type RMSNormArguments } from "./functional/norms/rms-norm.ts";
export {
  powerIteration,
  type PowerIterationOptions,
  spectralNorm,
  type SpectralNormOptions,
} from "./functional/norms/spectral-norm.ts";
export { weightNorm, type WeightNormOptions } from "./functional/norms/weight-norm.ts";
export { adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d } from "./pooling/adaptive-avg-pool.ts";
export { adaptiveMaxPool1d, adaptiveMaxPool2d, adaptiveMaxPool3d } from "./pooling/adaptive-max-pool.ts";
export type { OutputSize } from "./pooling/adaptive-pool.ts";
export { type AveragePoolOptions, avgPool1d, avgPool2d, avgPool3d } from "./pooling/avg-pool.ts";
export { globalAvgPool, type GlobalAvgPoolOptions } from "./pooling/global-avg-pool.ts";
export {
  maxPool1d,
  maxPool2d,
  maxPool3d,
  type MaxPoolOptions,
  type MaxPoolResult,
  maxPoolWithIndices,
} from "./pooling/max-pool.ts";
export type { PoolingOptions } from "./pooling/pooling-window.ts";
export type { CellWeights } from "./recurrent/cell-weights.ts";
export { gruCell, type GRUCellArguments } from "./recurrent/gru.ts";
export { lstmCell, type LSTMCellArguments, type LSTMState } from "./recurrent/lstm.ts";
export { type RNNActivation, rnnCell, type RNNCellArguments } from "./recurrent/rnn.ts";
