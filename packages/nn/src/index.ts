export * as functional from "./functional.ts";
export * as init from "./init/init.ts";
export { Activation } from "./layers/activations/activation.ts";
export { CELU } from "./layers/activations/celu.ts";
export { ELU } from "./activations/elu.ts";
export { GELU } from "./layers/activations/gelu.ts";
export { GLU } from "./layers/activations/glu.ts";
export { HardSigmoid } from "./layers/activations/hard-sigmoid.ts";
export { HardSwish } from "./layers/activations/hard-swish.ts";
export { HardTanh } from "./layers/activations/hard-tanh.ts";
export { LeakyReLU } from "./layers/activations/leaky-relu.ts";
export { LogSigmoid } from "./layers/activations/log-sigmoid.ts";
export { LogSoftmax } from "./layers/activations/log-softmax.ts";
export { Mish } from "./layers/activations/mish.ts";
export { PReLU, type PReLUOptions } from "./layers/activations/prelu.ts";
export { ReLU } from "./layers/activations/relu.ts";
export { ReLU6 } from "./layers/activations/relu6.ts";
export { SELU } from "./layers/activations/selu.ts";
export { Sigmoid } from "./layers/activations/sigmoid.ts";
export { SiLU } from "./layers/activations/silu.ts";
export { Softmax } from "./layers/activations/softmax.ts";
export { Softmin } from "./layers/activations/softmin.ts";
export { Softplus } from "./layers/activations/softplus.ts";
export { Softsign } from "./layers/activations/softsign.ts";
export { SwiGLU } from "./layers/activations/swiglu.ts";
export { Tanh } from "./layers/activations/tanh.ts";
export { Threshold } from "./layers/activations/threshold.ts";
export { MultiHeadAttention, type MultiHeadAttentionOptions } from "./layers/attention/multi-head-attention.ts";
export { PositionalEncoding, type PositionalEncodingOptions } from "./layers/attention/positional-encoding.ts";
export {
  TransformerEncoderLayer,
  type TransformerEncoderLayerOptions,
} from "./layers/attention/transformer-encoder-layer.ts";
export { Conv1d, Conv2d, Conv3d } from "./layers/convolution/conv.ts";
export { ConvTranspose1d, ConvTranspose2d, ConvTranspose3d } from "./layers/convolution/conv-transpose.ts";
export type { ConvOptions } from "./layers/convolution/convolution.ts";
export type { FilterOptions } from "./layers/convolution/filters.ts";
export type { ConvTransposeOptions } from "./layers/convolution/transposed-convolution.ts";
export { Dense, type DenseOptions } from "./layers/dense.ts";
export { Dropout, type DropoutLayerOptions } from "./layers/dropout.ts";
export { Embedding, type EmbeddingOptions } from "./layers/embedding/embedding.ts";
export { Flatten } from "./layers/flatten.ts";
export { Identity } from "./layers/identity.ts";
export type { Initializer } from "./layers/initializer.ts";
export { Lambda } from "./layers/lambda.ts";
export { BCELoss } from "./layers/losses/bce-loss.ts";
export { BCEWithLogitsLoss } from "./layers/losses/bce-with-logits-loss.ts";
export { CosineEmbeddingLoss } from "./layers/losses/cosine-embedding-loss.ts";
export { CrossEntropyLoss } from "./layers/losses/cross-entropy-loss.ts";
export { GaussianNLLLoss } from "./layers/losses/gaussian-nll-loss.ts";
export { HingeEmbeddingLoss } from "./layers/losses/hinge-embedding-loss.ts";
export { HuberLoss } from "./layers/losses/huber-loss.ts";
export { KLDivLoss } from "./layers/losses/kl-div-loss.ts";
export { L1Loss } from "./layers/losses/l1-loss.ts";
export { MarginRankingLoss } from "./layers/losses/margin-ranking-loss.ts";
export { MSELoss } from "./layers/losses/mse-loss.ts";
export { NLLLoss } from "./layers/losses/nll-loss.ts";
export { PoissonNLLLoss } from "./layers/losses/poisson-nll-loss.ts";
export { SmoothL1Loss } from "./layers/losses/smooth-l1-loss.ts";
export { ModuleList } from "./layers/module-list.ts";
export { BatchNorm, type BatchNormOptions } from "./norms/activation/batch-norm.ts";
export {
  DenseBatchNorm,
  type DenseBatchNormOptions,
  DenseLayerNorm,
  type DenseLayerNormOptions,
  type DenseNormOptions,
  DenseRMSNorm,
  type DenseRMSNormOptions,
} from "./norms/dense-norm.ts";
export { GroupNorm, type GroupNormOptions } from "./norms/activation/group-norm.ts";
export { InstanceNorm, type InstanceNormOptions } from "./norms/activation/instance-norm.ts";
export { LayerNorm, type LayerNormOptions } from "./norms/activation/layer-norm.ts";
export { LocalResponseNorm } from "./norms/activation/local-response-norm.ts";
export { RMSNorm, type RMSNormOptions } from "./norms/activation/rms-norm.ts";
export {
  AdaptiveAvgPool1d,
  AdaptiveAvgPool2d,
  AdaptiveAvgPool3d,
  AdaptiveMaxPool1d,
  AdaptiveMaxPool2d,
  AdaptiveMaxPool3d,
} from "./layers/pooling/adaptive-pool.ts";
export { AvgPool1d, AvgPool2d, AvgPool3d } from "./layers/pooling/avg-pool.ts";
export { GlobalAvgPool } from "./layers/pooling/global-avg-pool.ts";
export { MaxPool1d, MaxPool2d, MaxPool3d } from "./layers/pooling/max-pool.ts";
export type { CellOptions, CellParameters } from "./layers/recurrent/cell-parameters.ts";
export { GRU, type GRUOptions } from "./layers/recurrent/gru.ts";
export { GRUCell, type GRUCellOptions } from "./layers/recurrent/gru-cell.ts";
export { LSTM } from "./layers/recurrent/lstm.ts";
export { LSTMCell } from "./layers/recurrent/lstm-cell.ts";
export type { RecurrentOptions } from "./layers/recurrent/recurrent.ts";
export { RNN, type RNNOptions } from "./layers/recurrent/rnn.ts";
export { RNNCell, type RNNCellOptions } from "./layers/recurrent/rnn-cell.ts";
export { Residual } from "./layers/residual.ts";
export { Sequential } from "./layers/sequential.ts";
export { Buffer, type BufferOptions } from "./module/buffer.ts";
export { countParameters, type ParameterCount } from "./module/count-parameters.ts";
export type { ForwardHook, ForwardPreHook, HookHandle } from "./module/forward-hooks.ts";
export { type AnyModule, Module } from "./module/module.ts";
export { Parameter, type ParameterOptions } from "./module/parameter.ts";
export type { LoadReport, LoadStateDictOptions, StateDict } from "./module/state-dict.ts";
export * as norms from "./norms/norms.ts";
export * as presets from "./presets/presets.ts";
