export type { AxisOptions } from "./functional/activations/axis-option.ts";
export { celu, type CeluOptions } from "./functional/activations/celu.ts";
export { elu, type EluOptions } from "./activations/elu.ts";
export { gelu, type GeluOptions } from "./functional/activations/gelu.ts";
export { glu } from "./functional/activations/glu.ts";
export { hardSigmoid } from "./functional/activations/hard-sigmoid.ts";
export { hardSwish } from "./functional/activations/hard-swish.ts";
export { hardTanh, type HardTanhOptions } from "./functional/activations/hard-tanh.ts";
export { leakyRelu, type LeakyReluOptions } from "./functional/activations/leaky-relu.ts";
export { logSigmoid } from "./functional/activations/log-sigmoid.ts";
export { logSoftmax } from "./functional/activations/log-softmax.ts";
export { mish } from "./functional/activations/mish.ts";
export { prelu } from "./functional/activations/prelu.ts";
export { relu } from "./functional/activations/relu.ts";
export { relu6 } from "./functional/activations/relu6.ts";
export {
  type ActivationFunction,
  type ActivationName,
  activationNames,
  resolveActivation,
} from "./functional/activations/resolve-activation.ts";
export { selu } from "./functional/activations/selu.ts";
export { sigmoid } from "./functional/activations/sigmoid.ts";
export { silu } from "./functional/activations/silu.ts";
export { softmax } from "./functional/activations/softmax.ts";
export { softmin } from "./functional/activations/softmin.ts";
export { softplus, type SoftplusOptions } from "./functional/activations/softplus.ts";
export { softsign } from "./functional/activations/softsign.ts";
export { swiglu } from "./functional/activations/swiglu.ts";
export { tanh } from "./functional/activations/tanh.ts";
export { threshold } from "./functional/activations/threshold.ts";
export { type AttentionWeights, multiHeadAttention } from "./functional/attention/multi-head-attention.ts";
export { positionalEncoding, type PositionalEncodingArguments } from "./functional/attention/positional-encoding.ts";
export {
  type AttentionArguments,
  scaledDotProductAttention,
} from "./functional/attention/scaled-dot-product-attention.ts";
export { conv1d, conv2d, conv3d } from "./functional/convolution/conv.ts";
export { convTranspose1d, convTranspose2d, convTranspose3d } from "./functional/convolution/conv-transpose.ts";
export type { ConvolutionOptions } from "./functional/convolution/convolution.ts";
export type { PerAxis } from "./functional/convolution/per-axis.ts";
export type { TransposedConvolutionOptions } from "./functional/convolution/transposed-convolution.ts";
export { fold, unfold, type UnfoldOptions } from "./functional/convolution/unfold.ts";
export { dropout, type DropoutOptions } from "./functional/dropout.ts";
export { embedding, type EmbeddingArguments } from "./functional/embedding/embedding.ts";
export { linear } from "./functional/linear.ts";
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
export { batchNorm, type BatchNormArguments, plainBatchNorm } from "./norms/activation/batch-norm.ts";
export { groupNorm, type GroupNormArguments, plainGroupNorm } from "./norms/activation/group-norm.ts";
export { instanceNorm, type InstanceNormArguments, plainInstanceNorm } from "./norms/activation/instance-norm.ts";
export { layerNorm, type LayerNormArguments, plainLayerNorm } from "./norms/activation/layer-norm.ts";
export { localResponseNorm, type LocalResponseNormOptions } from "./norms/activation/local-response-norm.ts";
export { normalize, type NormalizeOptions } from "./norms/activation/normalize.ts";
export { plainRMSNorm, rmsNorm, type RMSNormArguments } from "./norms/activation/rms-norm.ts";
export {
  powerIteration,
  type PowerIterationOptions,
  spectralNorm,
  type SpectralNormOptions,
} from "./norms/weight/spectral-norm.ts";
export { weightNorm, type WeightNormOptions } from "./norms/weight/weight-norm.ts";
export {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
} from "./functional/pooling/adaptive-pool.ts";
export type { OutputSize } from "./functional/pooling/adaptive-pooling.ts";
export type { AveragePoolOptions } from "./functional/pooling/average-pooling.ts";
export { avgPool1d, avgPool2d, avgPool3d } from "./functional/pooling/avg-pool.ts";
export { globalAvgPool, type GlobalAvgPoolOptions } from "./functional/pooling/global-avg-pool.ts";
export { maxPool1d, maxPool2d, maxPool3d, maxPoolWithIndices } from "./functional/pooling/max-pool.ts";
export type { MaxPoolOptions, MaxPoolResult } from "./functional/pooling/max-pooling.ts";
export type { PoolingOptions } from "./functional/pooling/pooling-plan.ts";
export type { CellWeights } from "./functional/recurrent/cell-weights.ts";
export { gruCell, type GRUCellArguments } from "./functional/recurrent/gru-cell.ts";
export { lstmCell, type LSTMCellArguments, type LSTMState } from "./functional/recurrent/lstm-cell.ts";
export { type RNNActivation, rnnCell, type RNNCellArguments } from "./functional/recurrent/rnn-cell.ts";
