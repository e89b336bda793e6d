export type { AxisOptions } from "./activations/axis-option.ts";
export { celu, type CeluOptions } from "./activations/celu.ts";
export { elu, type EluOptions } from "./activations/elu.ts";
export { gelu, type GeluOptions } from "./activations/gelu.ts";
export { glu } from "./activations/glu.ts";
export { hardSigmoid } from "./activations/hard-sigmoid.ts";
export { hardSwish } from "./activations/hard-swish.ts";
export { hardTanh, type HardTanhOptions } from "./activations/hard-tanh.ts";
export { leakyRelu, type LeakyReluOptions } from "./activations/leaky-relu.ts";
export { logSigmoid } from "./activations/log-sigmoid.ts";
export { logSoftmax } from "./activations/log-softmax.ts";
export { mish } from "./activations/mish.ts";
export { prelu } from "./activations/prelu.ts";
export { relu } from "./activations/relu.ts";
export { relu6 } from "./activations/relu6.ts";
export {
  type ActivationFunction,
  type ActivationName,
  activationNames,
  resolveActivation,
} from "./activations/resolve-activation.ts";
export { selu } from "./activations/selu.ts";
export { sigmoid } from "./activations/sigmoid.ts";
export { silu } from "./activations/silu.ts";
export { softmax } from "./activations/softmax.ts";
export { softmin } from "./activations/softmin.ts";
export { softplus, type SoftplusOptions } from "./activations/softplus.ts";
export { softsign } from "./activations/softsign.ts";
export { swiglu } from "./activations/swiglu.ts";
export { tanh } from "./activations/tanh.ts";
export { threshold } from "./activations/threshold.ts";
export { type AttentionWeights, multiHeadAttention } from "./attention/multi-head-attention.ts";
export { positionalEncoding, type PositionalEncodingArguments } from "./attention/positional-encoding.ts";
export { type AttentionArguments, scaledDotProductAttention } from "./attention/scaled-dot-product-attention.ts";
export { conv1d, conv2d, conv3d } from "./convolution/conv.ts";
export { convTranspose1d, convTranspose2d, convTranspose3d } from "./convolution/conv-transpose.ts";
export type { ConvolutionOptions } from "./convolution/convolution.ts";
export type { PerAxis } from "./convolution/per-axis.ts";
export type { TransposedConvolutionOptions } from "./convolution/transposed-convolution.ts";
export { fold, unfold, type UnfoldOptions } from "./convolution/unfold.ts";
export { dropout, type DropoutOptions } from "./dropout.ts";
export { embedding, type EmbeddingArguments } from "./embedding/embedding.ts";
export { linear } from "./linear.ts";
export { binaryCrossEntropy, type BinaryCrossEntropyOptions } from "./losses/binary-cross-entropy.ts";
export {
  binaryCrossEntropyWithLogits,
  type BinaryCrossEntropyWithLogitsOptions,
} from "./losses/binary-cross-entropy-with-logits.ts";
export { cosineEmbeddingLoss, type CosineEmbeddingLossOptions } from "./losses/cosine-embedding-loss.ts";
export { crossEntropy, type CrossEntropyOptions } from "./losses/cross-entropy.ts";
export { gaussianNllLoss, type GaussianNllLossOptions } from "./losses/gaussian-nll-loss.ts";
export { hingeEmbeddingLoss, type HingeEmbeddingLossOptions } from "./losses/hinge-embedding-loss.ts";
export { huberLoss, type HuberLossOptions } from "./losses/huber-loss.ts";
export { klDivLoss, type KlDivLossOptions } from "./losses/kl-div-loss.ts";
export { l1Loss } from "./losses/l1-loss.ts";
export { marginRankingLoss, type MarginRankingLossOptions } from "./losses/margin-ranking-loss.ts";
export { mseLoss } from "./losses/mse-loss.ts";
export { nllLoss, type NllLossOptions } from "./losses/nll-loss.ts";
export { poissonNllLoss, type PoissonNllLossOptions } from "./losses/poisson-nll-loss.ts";
export { smoothL1Loss, type SmoothL1LossOptions } from "./losses/smooth-l1-loss.ts";
export type { Reduction, ReductionOptions } from "./losses/reduction.ts";
export { batchNorm, type BatchNormArguments } from "./norms/batch-norm.ts";
export { groupNorm, type GroupNormArguments } from "./norms/group-norm.ts";
export { instanceNorm, type InstanceNormArguments } from "./norms/instance-norm.ts";
export { layerNorm, type LayerNormArguments } from "./norms/layer-norm.ts";
export { localResponseNorm, type LocalResponseNormOptions } from "./norms/local-response-norm.ts";
export { normalize, type NormalizeOptions } from "./norms/normalize.ts";
export { plainBatchNorm } from "./norms/plain-batch-norm.ts";
export { plainGroupNorm } from "./norms/plain-group-norm.ts";
export { plainInstanceNorm } from "./norms/plain-instance-norm.ts";
export { plainLayerNorm } from "./norms/plain-layer-norm.ts";
export { plainRMSNorm } from "./norms/plain-rms-norm.ts";
export { rmsNorm, type RMSNormArguments } from "./norms/rms-norm.ts";
export {
  powerIteration,
  type PowerIterationOptions,
  spectralNorm,
  type SpectralNormOptions,
} from "./norms/spectral-norm.ts";
export { weightNorm, type WeightNormOptions } from "./norms/weight-norm.ts";
export {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
} from "./pooling/adaptive-pool.ts";
export type { OutputSize } from "./pooling/adaptive-pooling.ts";
export type { AveragePoolOptions } from "./pooling/average-pooling.ts";
export { avgPool1d, avgPool2d, avgPool3d } from "./pooling/avg-pool.ts";
export { globalAvgPool, type GlobalAvgPoolOptions } from "./pooling/global-avg-pool.ts";
export { maxPool1d, maxPool2d, maxPool3d, maxPoolWithIndices } from "./pooling/max-pool.ts";
export type { MaxPoolOptions, MaxPoolResult } from "./pooling/max-pooling.ts";
export type { PoolingOptions } from "./pooling/pooling-plan.ts";
export type { CellWeights } from "./recurrent/cell-weights.ts";
export { gruCell, type GRUCellArguments } from "./recurrent/gru-cell.ts";
export { lstmCell, type LSTMCellArguments, type LSTMState } from "./recurrent/lstm-cell.ts";
export { type RNNActivation, rnnCell, type RNNCellArguments } from "./recurrent/rnn-cell.ts";
