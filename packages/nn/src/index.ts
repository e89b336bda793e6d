import "@tapegrad/autograd"; // tensors of layers go backward

export { Activation } from "./activations/activation.ts";
export { CELU } from "./activations/celu.ts";
export { ELU } from "./activations/elu.ts";
export { GELU } from "./activations/gelu.ts";
export { GLU } from "./activations/glu.ts";
export { HardShrink } from "./activations/hard-shrink.ts";
export { HardSigmoid } from "./activations/hard-sigmoid.ts";
export { HardSwish } from "./activations/hard-swish.ts";
export { HardTanh } from "./activations/hard-tanh.ts";
export { LeakyReLU } from "./activations/leaky-relu.ts";
export { LogSigmoid } from "./activations/log-sigmoid.ts";
export { LogSoftmax } from "./activations/log-softmax.ts";
export { Mish } from "./activations/mish.ts";
export { PReLU, type PReLUOptions } from "./activations/prelu.ts";
export { TLU, type TLUOptions } from "./activations/tlu.ts";
export { ReLU } from "./activations/relu.ts";
export { ReLUSquared } from "./activations/relu-squared.ts";
export { ReLU6 } from "./activations/relu6.ts";
export { RReLU, type RReLUOptions } from "./activations/rrelu.ts";
export { SELU } from "./activations/selu.ts";
export { Shrink } from "./activations/shrink.ts";
export { Sigmoid } from "./activations/sigmoid.ts";
export { SiLU } from "./activations/silu.ts";
export { SoftShrink } from "./activations/soft-shrink.ts";
export { Softmax } from "./activations/softmax.ts";
export { Softmin } from "./activations/softmin.ts";
export { Softplus } from "./activations/softplus.ts";
export { Softsign } from "./activations/softsign.ts";
export { Sparsemax } from "./activations/sparsemax.ts";
export { SparsePlus } from "./activations/sparse-plus.ts";
export { SparseSigmoid } from "./activations/sparse-sigmoid.ts";
export { Squareplus } from "./activations/squareplus.ts";
export { Step } from "./activations/step.ts";
export { SwiGLU } from "./activations/swiglu.ts";
export { Tanh } from "./activations/tanh.ts";
export { TanhShrink } from "./activations/tanh-shrink.ts";
export { Threshold } from "./activations/threshold.ts";
export { AdditiveAttention, type AdditiveAttentionOptions } from "./attention/additive-attention.ts";
export type { Attended } from "./attention/attend.ts";
export type { AttentionMasks, PaddingMasks } from "./attention/attention-arguments.ts";
export { Attention, type AttentionOptions, type ScoreMode } from "./attention/attention.ts";
export {
  type AttentionWeightsOptions,
  MultiHeadAttention,
  type MultiHeadAttentionOptions,
} from "./attention/multi-head-attention.ts";
export { PositionalEncoding, type PositionalEncodingOptions } from "./attention/positional-encoding.ts";
export type { QueryAttentionOptions } from "./attention/query-attention.ts";
export { RotaryEmbedding, type RotaryEmbeddingOptions, type RotaryLayout } from "./attention/rotary-embedding.ts";
export {
  SinusoidalPositionalEncoding,
  type SinusoidalPositionalEncodingOptions,
} from "./attention/sinusoidal-positional-encoding.ts";
export {
  type DecoderMasks,
  TransformerDecoderLayer,
  type TransformerDecoderLayerOptions,
} from "./attention/transformer-decoder-layer.ts";
export { TransformerDecoder } from "./attention/transformer-decoder.ts";
export { TransformerEncoderLayer, type TransformerEncoderLayerOptions } from "./attention/transformer-encoder-layer.ts";
export { TransformerEncoder } from "./attention/transformer-encoder.ts";
export type { TransformerLayerOptions } from "./attention/transformer-layer.ts";
export type { TransformerStackOptions } from "./attention/transformer-stack.ts";
export { Transformer, type TransformerMasks, type TransformerOptions } from "./attention/transformer.ts";
export { Flatten } from "./containers/flatten.ts";
export { GatedBlocks } from "./containers/gated-blocks.ts";
export { Identity } from "./containers/identity.ts";
export { Lambda } from "./containers/lambda.ts";
export { ModuleDict } from "./containers/module-dict.ts";
export { ModuleList } from "./containers/module-list.ts";
export { ParameterDict } from "./containers/parameter-dict.ts";
export { ParameterList } from "./containers/parameter-list.ts";
export type { Named } from "./containers/element-dict.ts";
export { Residual } from "./containers/residual.ts";
export { Sequential } from "./containers/sequential.ts";
export { Unflatten } from "./containers/unflatten.ts";
export type { Constraint, ConstraintFunction, ConstraintKind, ConstraintName } from "./constraints/constraint.ts";
export * as constraints from "./constraints/constraints.ts";
export {
  ConvTranspose1d,
  ConvTranspose2d,
  ConvTranspose3d,
  type ConvTransposeOptions,
} from "./convolution/conv-transpose.ts";
export { Conv1d, Conv2d, Conv3d, type ConvOptions } from "./convolution/conv.ts";
export type { FilterOptions } from "./convolution/filters.ts";
export type { WeightRules } from "./dense/affine-parameters.ts";
export { Bilinear, type BilinearOptions } from "./dense/bilinear.ts";
export { Dense } from "./dense/dense.ts";
export type { DenseOptions } from "./dense/dense-layer.ts";
export { DropConnect, type DropConnectLayerOptions } from "./dense/drop-connect.ts";
export { GatedFeedForward, type GatedFeedForwardOptions } from "./dense/gated-feed-forward.ts";
export { Highway, type HighwayOptions } from "./dense/highway.ts";
export { CosineSimilarity } from "./distances/cosine-similarity.ts";
export { PairwiseDistance } from "./distances/pairwise-distance.ts";
export { AlphaDropout, FeatureAlphaDropout } from "./dropout/alpha-dropout.ts";
export { Dropout, SpatialDropout } from "./dropout/dropout.ts";
export type { DropoutLayerOptions } from "./dropout/dropping.ts";
export { GuidedDropout, type GuidedDropoutLayerOptions } from "./dropout/guided-dropout.ts";
export { StochasticDepth, type StochasticDepthLayerOptions, stochasticDepthRates } from "./dropout/stochastic-depth.ts";
export type { DenseWithoutBiasOptions } from "./dense/dense-without-bias.ts";
export { ScaledDense, type ScaledDenseOptions } from "./dense/scaled-dense.ts";
export { EmbeddingBag, type EmbeddingBagOptions, type PretrainedBagOptions } from "./embedding/embedding-bag.ts";
export { Embedding, type EmbeddingOptions, type PretrainedOptions } from "./embedding/embedding.ts";
export * as functional from "./functional.ts";
export { GATConv, type GATConvOptions } from "./graph/gat-conv.ts";
export { GCNConv, type GCNConvOptions } from "./graph/gcn-conv.ts";
export * as init from "./init/init.ts";
export type { Initializer, InitializerName, InitializerWord } from "./init/initializer.ts";
export { BCELoss } from "./losses/binary-cross-entropy.ts";
export { BCEWithLogitsLoss } from "./losses/binary-cross-entropy-with-logits.ts";
export { BinaryFocalCrossEntropyLoss } from "./losses/binary-focal-cross-entropy.ts";
export { CategoricalCrossEntropyLoss } from "./losses/categorical-cross-entropy.ts";
export { CategoricalFocalCrossEntropyLoss } from "./losses/categorical-focal-cross-entropy.ts";
export { CategoricalHingeLoss } from "./losses/categorical-hinge-loss.ts";
export { CircleLoss } from "./losses/circle-loss.ts";
export { CosineEmbeddingLoss } from "./losses/cosine-embedding-loss.ts";
export { CosineSimilarityLoss } from "./losses/cosine-similarity-loss.ts";
export { CrossEntropyLoss } from "./losses/cross-entropy.ts";
export { CTCLoss } from "./losses/ctc-loss.ts";
export { DiceLoss } from "./losses/dice-loss.ts";
export { GaussianNLLLoss } from "./losses/gaussian-nll-loss.ts";
export { GeneralizedCrossEntropyLoss } from "./losses/generalized-cross-entropy.ts";
export { GeneralizedKLDivergenceLoss } from "./losses/generalized-kl-divergence-loss.ts";
export { HingeEmbeddingLoss } from "./losses/hinge-embedding-loss.ts";
export { HingeLoss } from "./losses/hinge-loss.ts";
export { HuberLoss } from "./losses/huber-loss.ts";
export { KLDivergenceLoss } from "./losses/kl-divergence-loss.ts";
export { KLDivLoss } from "./losses/kl-div-loss.ts";
export { L1Loss } from "./losses/l1-loss.ts";
export { LogCoshLoss } from "./losses/log-cosh-loss.ts";
export { MAPELoss } from "./losses/mape-loss.ts";
export { MarginRankingLoss } from "./losses/margin-ranking-loss.ts";
export { MSELoss } from "./losses/mse-loss.ts";
export { MSLELoss } from "./losses/msle-loss.ts";
export { MulticlassHingeLoss } from "./losses/multiclass-hinge-loss.ts";
export { MulticlassPerceptronLoss } from "./losses/multiclass-perceptron-loss.ts";
export { MulticlassSparsemaxLoss } from "./losses/multiclass-sparsemax-loss.ts";
export { MultiLabelMarginLoss } from "./losses/multilabel-margin-loss.ts";
export { MultiLabelSoftMarginLoss } from "./losses/multilabel-soft-margin-loss.ts";
export { MultiMarginLoss } from "./losses/multi-margin-loss.ts";
export { NLLLoss } from "./losses/nll-loss.ts";
export { NTXentLoss } from "./losses/nt-xent-loss.ts";
export { PerceptronLoss } from "./losses/perceptron-loss.ts";
export { PoissonLoss } from "./losses/poisson-loss.ts";
export { PoissonNLLLoss } from "./losses/poisson-nll-loss.ts";
export { PolyCrossEntropyLoss } from "./losses/poly-cross-entropy.ts";
export { SmoothL1Loss } from "./losses/smooth-l1-loss.ts";
export { SoftMarginLoss } from "./losses/soft-margin-loss.ts";
export { SparsemaxLoss } from "./losses/sparsemax-loss.ts";
export { SquaredHingeLoss } from "./losses/squared-hinge-loss.ts";
export { StyleLoss } from "./losses/style-loss.ts";
export { TripletMarginLoss } from "./losses/triplet-margin-loss.ts";
export { TripletMarginWithDistanceLoss } from "./losses/triplet-margin-with-distance-loss.ts";
export { TverskyLoss } from "./losses/tversky-loss.ts";
export * as metrics from "./metrics/metrics.ts";
export { applyConstraints } from "./module/apply-constraints.ts";
export { Buffer, type BufferOptions } from "./module/buffer.ts";
export { countParameters, type ParameterCount } from "./module/count-parameters.ts";
export type { HookHandle } from "@tapegrad/tensor";
export {
  type ModuleForwardHook,
  type ModuleForwardHookOptions,
  type ModuleForwardPreHook,
  type ModuleFullBackwardHook,
  type ModuleFullBackwardPreHook,
  registerModuleForwardHook,
  registerModuleForwardPreHook,
  registerModuleFullBackwardHook,
  registerModuleFullBackwardPreHook,
} from "./module/global-hooks.ts";
export type {
  ForwardHook,
  ForwardHookOptions,
  ForwardPreHook,
  FullBackwardHook,
  FullBackwardPreHook,
  HookOptions,
  ModuleGradients,
} from "./module/hook-lists.ts";
export { functionalCall } from "./module/functional-call.ts";
export type { Member } from "./module/module-node.ts";
export { type AnyModule, Module } from "./module/module.ts";
export { lazy, type LazyClass } from "./module/lazy.ts";
export type { LazySize } from "./module/lazy-size.ts";
export { parametersToVector, vectorToParameters } from "./module/parameters-to-vector.ts";
export { Parameter, type ParameterOptions } from "./module/parameter.ts";
export { regularizationLoss } from "./module/regularization-loss.ts";
export type { LoadReport, LoadStateDictOptions } from "./module/load-state-dict.ts";
export type { StateDict } from "./module/state-dict.ts";
export type {
  IncompatibleKeys,
  LoadStateDictPostHook,
  LoadStateDictPreHook,
  StateDictPostHook,
  StateDictPreHook,
} from "./module/state-hooks.ts";
export { type AdaptiveLogSoftmaxOptions, AdaptiveLogSoftmaxWithLoss } from "./networks/adaptive-log-softmax.ts";
export { BasicBlock, type BasicBlockOptions, type ResidualOptions } from "./networks/basic-block.ts";
export { DenseBlock, type DenseBlockOptions } from "./networks/dense-block.ts";
export { DenseNet, type DenseNetOptions } from "./networks/densenet.ts";
export { fold } from "./networks/fold.ts";
export { MLPConv, type MLPConvOptions } from "./networks/mlp-conv.ts";
export type { NetworkOptions } from "./networks/network-options.ts";
export { ResNet, type ResNetOptions } from "./networks/resnet.ts";
export * from "./norms/activation-norms.ts";
export type { CosineDenseOptions } from "./norms/cosine-dense.ts";
export type { NormRules } from "./norms/affine.ts";
export * from "./norms/dense-norm.ts";
export * as norms from "./norms/norms.ts";
export type { OptionsOf } from "./module/options-of.ts";
export { CenteredCosineDense } from "./norms/weight/centered-cosine-norm.ts";
export { CosineDense } from "./norms/weight/cosine-norm.ts";
export { ModulatedConv2d, type ModulatedConv2dOptions } from "./norms/weight/modulated-conv2d.ts";
export {
  CircularPad,
  ConstantPad,
  ReflectionPad,
  ReplicationPad,
  type Widths,
  ZeroPad,
} from "./padding/padding-layers.ts";
export {
  AdaptiveAvgPool1d,
  AdaptiveAvgPool2d,
  AdaptiveAvgPool3d,
  AdaptiveMaxPool1d,
  AdaptiveMaxPool2d,
  AdaptiveMaxPool3d,
} from "./pooling/adaptive-pool.ts";
export { AvgPool1d, AvgPool2d, AvgPool3d } from "./pooling/avg-pool.ts";
export {
  FractionalMaxPool2d,
  FractionalMaxPool3d,
  type FractionalMaxPoolLayerOptions,
} from "./pooling/fractional-max-pool.ts";
export { GlobalAvgPool, GlobalMaxPool, type GlobalPoolLayerOptions } from "./pooling/global-pool.ts";
export { LPPool1d, LPPool2d, LPPool3d } from "./pooling/lp-pool.ts";
export { MaxPool1d, MaxPool2d, MaxPool3d } from "./pooling/max-pool.ts";
export { MaxUnpool1d, MaxUnpool2d, MaxUnpool3d, type MaxUnpoolLayerOptions } from "./pooling/max-unpool.ts";
export * as parametrizations from "./parametrizations/parametrizations.ts";
export * as parametrize from "./parametrizations/parametrize.ts";
export * as presets from "./presets/presets.ts";
export * as pruning from "./pruning/pruning.ts";
export { GRU, GRUCell, type GRUCellOptions, type GRUOptions } from "./recurrent/gru.ts";
export { LSTM, LSTMCell, type LSTMCellOptions, type LSTMOptions } from "./recurrent/lstm.ts";
export type { CellOptions, CellParameters } from "./recurrent/recurrent-cell.ts";
export type { ProjectionOptions } from "./recurrent/projection.ts";
export type { RecurrentOptions } from "./recurrent/recurrent.ts";
export { RNN, RNNCell, type RNNCellOptions, type RNNOptions } from "./recurrent/rnn.ts";
export type { Regularizer, RegularizerFunction, RegularizerKind, RegularizerName } from "./regularizers/regularizer.ts";
export * as regularizers from "./regularizers/regularizers.ts";
export { ChannelShuffle } from "./resampling/channel-shuffle.ts";
export { PixelShuffle, PixelUnshuffle } from "./resampling/pixel-shuffle.ts";
export { UpSampling } from "./resampling/up-sampling.ts";
