import { assign, Generator, ones, randn, rand, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import * as nn from "../../src/index.ts";

/** A layer of each class, and what it makes of an input, as one tensor or several. */
export type Sample = () => readonly [module: nn.AnyModule, run: (module: never) => Tensor | readonly Tensor[]];

const layer =
  <In extends Tensor[]>(make: () => nn.Module<In>, ...inputs: In): Sample =>
  () => [make(), (module: nn.Module<In>) => module.forward(...inputs)];

const [x2, x3, x4, x5] = [randn([4, 6]), randn([2, 4, 6]), randn([2, 4, 6, 6]), randn([1, 4, 3, 3, 3])] as const;
const index = tensor([1, 0, 3, 2], { dtype: "int32" });
const iota = (shape: readonly number[]): Tensor => ones(shape, { dtype: "int32" }).cumsum({ axis: -1 });
const edges = tensor([[0, 1, 3, 3], [1, 0, 2, 1]], { dtype: "int32" }); // prettier-ignore
const plusMinus = tensor([1, -1, 1, 1]);
const pair = randn([4, 6]);
const p = rand([4, 6]);
const wide = { inputSize: 6, hiddenSize: 3 };

const activations = {
  CELU: () => new nn.CELU({ alpha: 0.5 }), ELU: () => new nn.ELU({ alpha: 0.5 }), GELU: () => new nn.GELU(), GLU: () => new nn.GLU(),
  HardSigmoid: () => new nn.HardSigmoid(), HardSwish: () => new nn.HardSwish(), HardTanh: () => new nn.HardTanh({ min: -0.5 }),
  LeakyReLU: () => new nn.LeakyReLU({ negativeSlope: 0.3 }), LogSigmoid: () => new nn.LogSigmoid(), LogSoftmax: () => new nn.LogSoftmax({ axis: 0 }),
  Mish: () => new nn.Mish(), PReLU: () => new nn.PReLU(), ReLU: () => new nn.ReLU(), ReLU6: () => new nn.ReLU6(), SELU: () => new nn.SELU(),
  Sigmoid: () => new nn.Sigmoid(), SiLU: () => new nn.SiLU(), Softmax: () => new nn.Softmax({ axis: 0 }), Softmin: () => new nn.Softmin(),
  Softplus: () => new nn.Softplus({ beta: 2 }), Softsign: () => new nn.Softsign(), SwiGLU: () => new nn.SwiGLU(), Tanh: () => new nn.Tanh(),
  Threshold: () => new nn.Threshold(0.1, 2), TLU: () => new nn.TLU({ init: 0.2 }), Activation: () => new nn.Activation("silu"),
  HardShrink: () => new nn.HardShrink({ lambda: 0.2 }), SoftShrink: () => new nn.SoftShrink({ lambda: 0.2 }), Shrink: () => new nn.Shrink({ bias: 0.1 }),
  TanhShrink: () => new nn.TanhShrink(), Sparsemax: () => new nn.Sparsemax({ axis: 0 }), SparsePlus: () => new nn.SparsePlus(), SparseSigmoid: () => new nn.SparseSigmoid(),
  Squareplus: () => new nn.Squareplus({ b: 1 }), Step: () => new nn.Step({ threshold: 0.5 }), ReLUSquared: () => new nn.ReLUSquared(), RReLU: () => new nn.RReLU({ lower: 0.1 }),
}; // prettier-ignore

const ofRows = {
  ScaledDense: () => new nn.ScaledDense(6, 3, { gamma: 0.75 }),
  MeanOnlyBatchNorm: () => new nn.MeanOnlyBatchNorm(6),
  CosineDense: () => new nn.CosineDense(6, 3, { scale: 2, activation: "tanh" }), CenteredCosineDense: () => new nn.CenteredCosineDense(6, 3),
  PixelNorm: () => new nn.PixelNorm(), PositionalNorm: () => new nn.PositionalNorm(6), L1BatchNorm: () => new nn.L1BatchNorm(6), IterNorm: () => new nn.IterNorm(6, { groups: 2, iterations: 3 }),
  DynamicErf: () => new nn.DynamicErf(6, { shift: 0.25 }), AdaNorm: () => new nn.AdaNorm(6), DivisiveNorm: () => new nn.DivisiveNorm(6), DynamicTanh: () => new nn.DynamicTanh(6), BatchNorm: () => new nn.BatchNorm(6), BatchRenorm: () => new nn.BatchRenorm(6), BatchLayerNorm: () => new nn.BatchLayerNorm(6, 4), PowerNorm: () => new nn.PowerNorm(6), UnitNorm: () => new nn.UnitNorm({ axis: -1 }), MixtureNorm: () => new nn.MixtureNorm(6, 2), UnsupervisedClusterNorm: () => new nn.UnsupervisedClusterNorm(6, 2), AccumulatedBatchNorm: () => new nn.AccumulatedBatchNorm(6, 2), GhostBatchNorm: () => new nn.GhostBatchNorm(6, 2), DetachNorm: () => new nn.DetachNorm(6), LayerNorm: () => new nn.LayerNorm(6),
  GraphNorm: () => new nn.GraphNorm(6), PairNorm: () => new nn.PairNorm({ mode: "PN-SI" }), RMSNorm: () => new nn.RMSNorm(6), ScaleNorm: () => new nn.ScaleNorm(6), Dense: () => new nn.Dense(6, 3), Dropout: () => new nn.Dropout(0.5),
  AlphaDropout: () => new nn.AlphaDropout(0.5), FeatureAlphaDropout: () => new nn.FeatureAlphaDropout(0.5), SpatialDropout: () => new nn.SpatialDropout(0.5),
  DropConnect: () => new nn.DropConnect(6, 3, { rate: 0.25, activation: "tanh" }), GuidedDropout: () => new nn.GuidedDropout(6, { mode: "active" }), StochasticDepth: () => new nn.StochasticDepth(0.4),
  Highway: () => new nn.Highway(6), GatedFeedForward: () => new nn.GatedFeedForward(6, 4, { bias: true }),
  DenseBatchNorm: () => new nn.DenseBatchNorm(6, 3, { activation: "relu" }), DenseLayerNorm: () => new nn.DenseLayerNorm(6, 3, { activation: (t) => t.tanh() }),
  DenseRMSNorm: () => new nn.DenseRMSNorm(6, 3), Flatten: () => new nn.Flatten(), Identity: () => new nn.Identity(), Lambda: () => new nn.Lambda((t) => t.mul(3)),
  Residual: () => new nn.Residual(new nn.Dense(6, 6)), Sequential: () => new nn.Sequential(new nn.Dense(6, 2), new nn.ReLU(), new nn.BatchNorm(2)),
}; // prettier-ignore

const ofImages = {
  GlobalResponseNorm: () => { const norm = new nn.GlobalResponseNorm(4); assign(norm.weight, tensor([1, 2, -1, 0.5])); return norm; },
  BatchInstanceNorm: () => new nn.BatchInstanceNorm(4), SwitchableNorm: () => new nn.SwitchableNorm(4), EvoNormB0: () => new nn.EvoNormB0(4), EvoNormS0: () => new nn.EvoNormS0(4, { groups: 2 }),
  FilterResponseNorm: () => new nn.FilterResponseNorm(4, { learnEps: true }), GroupNorm: () => new nn.GroupNorm(2, 4), InstanceNorm: () => new nn.InstanceNorm(4, { trackRunningStats: true, affine: true }),
  MLPConv: () => new nn.MLPConv(4, [3, 2], 3), BasicBlock: () => new nn.BasicBlock(4, 6, { stride: 2 }), DenseBlock: () => new nn.DenseBlock(4, 2, { growthRate: 2 }),
  ResNet: () => new nn.ResNet(4, 3, [1, 2], { channels: 2 }), DenseNet: () => new nn.DenseNet(4, 3, [1, 2], { growthRate: 2, norm: (channels) => new nn.GroupNorm(1, channels) }),
  LocalResponseNorm: () => new nn.LocalResponseNorm(3), Conv2d: () => new nn.Conv2d(4, 2, 3, { padding: 1, paddingMode: "circular" }),
  ConvTranspose2d: () => new nn.ConvTranspose2d(4, 2, 3), AvgPool2d: () => new nn.AvgPool2d(2), MaxPool2d: () => new nn.MaxPool2d(2),
  AdaptiveAvgPool2d: () => new nn.AdaptiveAvgPool2d(2), AdaptiveMaxPool2d: () => new nn.AdaptiveMaxPool2d([2, 3]), GlobalAvgPool: () => new nn.GlobalAvgPool(), GlobalMaxPool: () => new nn.GlobalMaxPool({ keepDims: true }), LPPool2d: () => new nn.LPPool2d(2, 2),
  UpSampling: () => new nn.UpSampling({ scaleFactor: 2, mode: "bilinear" }), PixelShuffle: () => new nn.PixelShuffle(2), PixelUnshuffle: () => new nn.PixelUnshuffle(2), ChannelShuffle: () => new nn.ChannelShuffle(2),
  ZeroPad: () => new nn.ZeroPad([[1, 2], [0, 1]]), ConstantPad: () => new nn.ConstantPad(1, 0.5), ReflectionPad: () => new nn.ReflectionPad([[1, 2], [0, 1]]), ReplicationPad: () => new nn.ReplicationPad(2), CircularPad: () => new nn.CircularPad([[3, 1], [0, 2]]),
}; // prettier-ignore

const ofSignals = {
  Conv1d: () => new nn.Conv1d(4, 2, 3), ConvTranspose1d: () => new nn.ConvTranspose1d(4, 2, 3), AvgPool1d: () => new nn.AvgPool1d(2),
  MaxPool1d: () => new nn.MaxPool1d(2, { padding: [[0, 1]] }), LPPool1d: () => new nn.LPPool1d(2, 2), Unflatten: () => new nn.Unflatten(-1, [2, -1]), AdaptiveAvgPool1d: () => new nn.AdaptiveAvgPool1d(2), AdaptiveMaxPool1d: () => new nn.AdaptiveMaxPool1d(2),
  MultiHeadAttention: () => new nn.MultiHeadAttention(6, 2, { causal: true }), PositionalEncoding: () => new nn.PositionalEncoding(6, { base: 50 }),
  TransformerEncoderLayer: () => new nn.TransformerEncoderLayer(6, 2, { hiddenFeatures: 4, dropout: 0, activation: "gelu" }),
  TransformerEncoder: () => new nn.TransformerEncoder(6, 2, 2, { hiddenFeatures: 4, dropout: 0.25, norm: true }),
  Attention: () => new nn.Attention({ useScale: true, scoreMode: "concat" }), AdditiveAttention: () => new nn.AdditiveAttention(6, { causal: true }),
  RotaryEmbedding: () => new nn.RotaryEmbedding(6, { layout: "interleaved", dimensions: 4 }), SinusoidalPositionalEncoding: () => new nn.SinusoidalPositionalEncoding(6, { cosFirst: true }),
}; // prettier-ignore

const ofVolumes = {
  Conv3d: () => new nn.Conv3d(4, 2, 2), ConvTranspose3d: () => new nn.ConvTranspose3d(4, 2, 2), AvgPool3d: () => new nn.AvgPool3d(2),
  MaxPool3d: () => new nn.MaxPool3d(2), LPPool3d: () => new nn.LPPool3d(2, 2), AdaptiveAvgPool3d: () => new nn.AdaptiveAvgPool3d(2), AdaptiveMaxPool3d: () => new nn.AdaptiveMaxPool3d(2),
}; // prettier-ignore

const condition = randn([4, 3]);
const ofConditions: { readonly [name: string]: Sample } = {
  AdaptiveInstanceNorm: layer(() => new nn.AdaptiveInstanceNorm(), x3, randn([2, 4, 3])),
  ConditionalBatchNorm: layer(() => new nn.ConditionalBatchNorm(6, 3, { init: "xavierUniform" }), x2, condition),
  AdaptiveBatchNorm: () => [new nn.AdaptiveBatchNorm(6, 2), (m: nn.AdaptiveBatchNorm) => [m.forward(x2, 1), m.forward(x2.mul(2), 0)]], // prettier-ignore
  RecurrentBatchNorm: () => [new nn.RecurrentBatchNorm(6, 5), (m: nn.RecurrentBatchNorm) => [m.forward(x3), m.forward(x3.mul(2), 3)]], // prettier-ignore
  TransNorm: layer(() => new nn.TransNorm(6), x2),
  ClusterNorm: layer(() => new nn.ClusterNorm(6, 4), x2, index),
  FiLM: layer(() => new nn.FiLM(6, 3, { init: "xavierUniform" }), x2, condition),
  AdaptiveLayerNorm: layer(() => new nn.AdaptiveLayerNorm(6, 3, { init: "xavierUniform" }), x2, condition),
  AdaptiveLayerNormZero: layer(
    () => new nn.AdaptiveLayerNormZero(new nn.Dense(6, 6), 6, 3, { init: "xavierUniform" }),
    x2,
    condition,
  ),
  SPADE: layer(() => new nn.SPADE(4, 3, { hiddenChannels: 5, init: "xavierUniform" }), x4, randn([2, 3, 6, 6])),
  ModulatedConv2d: layer(
    () => new nn.ModulatedConv2d(4, 2, 3, 3, { padding: 1, styleInit: "xavierUniform" }),
    x4,
    randn([2, 3]),
  ),
};

const keptBlocks = tensor([[1, 0], [0, 1], [1, 1], [0, 0]]).ne(0); // prettier-ignore
const ofBlocks: { readonly [name: string]: Sample } = {
  GatedBlocks: layer(() => new nn.GatedBlocks(new nn.Dense(6, 6), new nn.Dense(6, 6)), x2, keptBlocks),
};

const weight = tensor([1, 2, 3, 4, 5, 6]);
const losses: { readonly [name: string]: Sample } = {
  BinaryFocalCrossEntropyLoss: layer(() => new nn.BinaryFocalCrossEntropyLoss({ gamma: 3 }), p, p),
  CategoricalCrossEntropyLoss: layer(() => new nn.CategoricalCrossEntropyLoss({ fromLogits: true }), x2, p),
  CategoricalFocalCrossEntropyLoss: layer(() => new nn.CategoricalFocalCrossEntropyLoss({ fromLogits: true }), x2, p),
  CategoricalHingeLoss: layer(() => new nn.CategoricalHingeLoss(), x2, p),
  CosineSimilarityLoss: layer(() => new nn.CosineSimilarityLoss(), x2, pair),
  DiceLoss: layer(() => new nn.DiceLoss(), p, p),
  GeneralizedCrossEntropyLoss: layer(() => new nn.GeneralizedCrossEntropyLoss({ fromLogits: true }), x2, index),
  HingeLoss: layer(() => new nn.HingeLoss(), x2.slice([], 0), plusMinus),
  KLDivergenceLoss: layer(() => new nn.KLDivergenceLoss(), p, p),
  LogCoshLoss: layer(() => new nn.LogCoshLoss(), x2, pair),
  MAPELoss: layer(() => new nn.MAPELoss(), x2, pair),
  MSLELoss: layer(() => new nn.MSLELoss(), p, p),
  PoissonLoss: layer(() => new nn.PoissonLoss(), p, p),
  SquaredHingeLoss: layer(() => new nn.SquaredHingeLoss(), x2.slice([], 0), plusMinus),
  TverskyLoss: layer(() => new nn.TverskyLoss(), p, p),
  CircleLoss: layer(() => new nn.CircleLoss({ gamma: 2, refEmbeddings: x2.slice([0, 2]), refLabels: index.slice([0, 2]) }), p, index),
  GeneralizedKLDivergenceLoss: layer(() => new nn.GeneralizedKLDivergenceLoss(), x2, p),
  MultiMarginLoss: layer(() => new nn.MultiMarginLoss({ weight, p: 2 }), x2, index),
  MulticlassHingeLoss: layer(() => new nn.MulticlassHingeLoss(), x2, index),
  MulticlassPerceptronLoss: layer(() => new nn.MulticlassPerceptronLoss(), x2, index),
  MulticlassSparsemaxLoss: layer(() => new nn.MulticlassSparsemaxLoss(), x2, index),
  MultiLabelMarginLoss: layer(() => new nn.MultiLabelMarginLoss(), x2, zeros([4, 6], { dtype: "int32" })),
  MultiLabelSoftMarginLoss: layer(() => new nn.MultiLabelSoftMarginLoss({ weight }), x2, p),
  NTXentLoss: layer(() => new nn.NTXentLoss({ temperature: 0.5 }), x2, index),
  PerceptronLoss: layer(() => new nn.PerceptronLoss(), x2.slice([], 0), plusMinus),
  PolyCrossEntropyLoss: layer(() => new nn.PolyCrossEntropyLoss({ epsilon: 1 }), x2, index),
  SoftMarginLoss: layer(() => new nn.SoftMarginLoss(), x2.slice([], 0), plusMinus),
  SparsemaxLoss: layer(() => new nn.SparsemaxLoss(), x2.slice([], 0), plusMinus.clamp(0)),
  StyleLoss: layer(() => new nn.StyleLoss(), x2, pair),
  TripletMarginLoss: layer(() => new nn.TripletMarginLoss({ swap: true }), x2, pair, p),
  TripletMarginWithDistanceLoss: layer(() => new nn.TripletMarginWithDistanceLoss({ distanceFunction: (a, b) => a.sub(b).abs().sum({ axis: -1 }) }), x2, pair, p),
  BCELoss: layer(() => new nn.BCELoss({ weight }), p, p),
  BCEWithLogitsLoss: layer(() => new nn.BCEWithLogitsLoss({ weight, posWeight: weight.mul(2) }), x2, p),
  CTCLoss: layer(() => new nn.CTCLoss({ blank: 1 }), x3, zeros([x3.shape[1]!, 1], { dtype: "int32" }), ...[0, 0].map(() => ones([x3.shape[1]!], { dtype: "int32" }))),
  CosineSimilarity: layer(() => new nn.CosineSimilarity({ eps: 0.1 }), x2, pair),
  PairwiseDistance: layer(() => new nn.PairwiseDistance({ p: 3, keepDims: true }), x2, pair),
  CosineEmbeddingLoss: layer(() => new nn.CosineEmbeddingLoss({ margin: 0.1 }), x2, pair, plusMinus),
  CrossEntropyLoss: layer(() => new nn.CrossEntropyLoss({ weight, labelSmoothing: 0.1 }), x2, index),
  GaussianNLLLoss: layer(() => new nn.GaussianNLLLoss({ full: true }), x2, pair, p),
  HingeEmbeddingLoss: layer(() => new nn.HingeEmbeddingLoss({ margin: 2 }), x2.slice([], 0), plusMinus),
  HuberLoss: layer(() => new nn.HuberLoss({ delta: 0.5 }), x2, pair),
  KLDivLoss: layer(() => new nn.KLDivLoss({ reduction: "batchmean" }), x2, p),
  L1Loss: layer(() => new nn.L1Loss({ reduction: "none" }), x2, pair),
  MarginRankingLoss: layer(() => new nn.MarginRankingLoss({ margin: 0.5 }), x2.slice([], 0), pair.slice([], 0), plusMinus),
  MSELoss: layer(() => new nn.MSELoss({ reduction: "sum" }), x2, pair),
  NLLLoss: layer(() => new nn.NLLLoss({ weight }), x2, index),
  PoissonNLLLoss: layer(() => new nn.PoissonNLLLoss({ full: true }), x2, p),
  SmoothL1Loss: layer(() => new nn.SmoothL1Loss({ beta: 0.5 }), x2, pair),
}; // prettier-ignore

const recurrent: { readonly [name: string]: Sample } = {
  RNN: () => [new nn.RNN(6, 3, { activation: "relu" }), (m: nn.RNN) => m.forward(x3)],
  GRU: () => [new nn.GRU(6, 3, { numLayers: 2, bidirectional: true }), (m: nn.GRU) => m.forward(x3)],
  LSTM: () => [new nn.LSTM(6, 3), (m: nn.LSTM) => [m.forward(x3)[0]]],
  "RNN with layer norm": () => [new nn.RNN(6, 3, { layerNorm: true }), (m: nn.RNN) => m.forward(x3)],
  "LSTM with layer norm": () => [
    new nn.LSTM(6, 3, { layerNorm: true, bidirectional: true }),
    (m: nn.LSTM) => [m.forward(x3)[0]],
  ],
  "GRU with layer norm": () => [new nn.GRU(6, 3, { layerNorm: true, resetAfter: false }), (m: nn.GRU) => m.forward(x3)],
  "GRU with a mask": () => [
    new nn.GRU(6, 3, { bidirectional: true }),
    (m: nn.GRU) => m.forward(x3, zeros([2, 4, 3]), x3.slice([], [], 0).gt(0)),
  ],
  "LSTM with a projection": () => [
    new nn.LSTM(6, 3, { projectionSize: 2, numLayers: 2 }),
    (m: nn.LSTM) => [m.forward(x3)[0]],
  ],
  "RNN of packed sequences": () => [
    new nn.RNN(6, 3, { numLayers: 2, bidirectional: true }),
    (m: nn.RNN) => [m.forward(nn.functional.packSequence([x3.slice(0), x3.slice(1, [1])]))[0].data],
  ],
  RNNCell: () => [new nn.RNNCell(wide.inputSize, wide.hiddenSize), (m: nn.RNNCell) => m.forward(x2)],
  GRUCell: () => [new nn.GRUCell(wide.inputSize, wide.hiddenSize), (m: nn.GRUCell) => m.forward(x2)],
  LSTMCell: () => [new nn.LSTMCell(wide.inputSize, wide.hiddenSize), (m: nn.LSTMCell) => m.forward(x2)],
};

const samplesOf = (makers: { readonly [name: string]: () => nn.Module }, x: Tensor): { readonly [name: string]: Sample } =>
  Object.fromEntries(Object.entries(makers).map(([name, make]) => [name, layer(make as () => nn.Module<[Tensor]>, x)])); // prettier-ignore

/** By the name of the class; every class of modules that the package exports, and some that norms of weights and pruning changed. */
export const samples: { readonly [name: string]: Sample } = {
  ...samplesOf({ ...activations, ...ofRows }, x2),
  ...samplesOf(ofSignals, x3),
  ...samplesOf(ofImages, x4),
  ...samplesOf(ofVolumes, x5),
  ...ofConditions,
  ...ofBlocks,
  ...losses,
  ...recurrent,
  GCNConv: layer(() => new nn.GCNConv(6, 2), x2, edges),
  GATConv: layer(() => new nn.GATConv(6, 2, { heads: 2, lipschitz: true }), x2, edges),
  "MultiHeadAttention with QK-norm": layer(() => new nn.MultiHeadAttention(6, 2, { qkScale: 3 }), x3),
  AdaptiveLogSoftmaxWithLoss: () => [new nn.AdaptiveLogSoftmaxWithLoss(6, 9, [2, 5], { divValue: 2 }), (m: nn.AdaptiveLogSoftmaxWithLoss) => m.forward(x2, index)[0]],
  "MultiHeadAttention with all that is added": layer(() => new nn.MultiHeadAttention(6, 1, { addBiasKV: true, addZeroAttention: true, rotary: new nn.RotaryEmbedding(6) }), x3),
  TransformerDecoderLayer: () => [new nn.TransformerDecoderLayer(6, 2, { hiddenFeatures: 4, normFirst: true }), (m: nn.TransformerDecoderLayer) => m.forward(x3, x3.mul(2))],
  TransformerDecoder: () => [new nn.TransformerDecoder(6, 2, 2, { hiddenFeatures: 4, causal: true }), (m: nn.TransformerDecoder) => m.forward(x3, x3.mul(2))],
  Transformer: () => [new nn.Transformer(6, 2, { hiddenFeatures: 4, numEncoderLayers: 1, numDecoderLayers: 1 }), (m: nn.Transformer) => m.forward(x3, x3.mul(2))],
  Bilinear: layer(() => new nn.Bilinear(6, 6, 3, { activation: "tanh" }), x2, pair),
  FractionalMaxPool2d: layer(() => new nn.FractionalMaxPool2d(2, { outputSize: 3, generator: new Generator(1) }), x4),
  FractionalMaxPool3d: layer(() => new nn.FractionalMaxPool3d(1, { outputRatio: 0.7, generator: new Generator(1) }), x5),
  MaxUnpool1d: () => [new nn.MaxUnpool1d(2), (m: nn.MaxUnpool1d) => m.forward(x3, iota(x3.shape))],
  MaxUnpool2d: () => [new nn.MaxUnpool2d(2), (m: nn.MaxUnpool2d) => m.forward(x4, iota(x4.shape))],
  MaxUnpool3d: () => [new nn.MaxUnpool3d(2), (m: nn.MaxUnpool3d) => m.forward(x5, iota(x5.shape))],
  EmbeddingBag: layer(() => new nn.EmbeddingBag(4, 3, { paddingIndex: 1 }), index.reshape([2, 2])),
  "EmbeddingBag with offsets": layer(() => new nn.EmbeddingBag(4, 3, { mode: "max" }), index, tensor([0, 1, 1], { dtype: "int32" })),
  Embedding: layer(() => new nn.Embedding(4, 3, { paddingIndex: 1 }), index),
  ModuleList: () => [
    new nn.ModuleList([new nn.Dense(6, 6), new nn.Dense(6, 2)]),
    (list: nn.ModuleList) => [...list].reduce((t, m) => m.forward(t), x2),
  ],
  ModuleDict: () => [
    new nn.ModuleDict({ first: new nn.Dense(6, 6), lastOne: new nn.Dense(6, 2) }),
    (dict: nn.ModuleDict) => dict.values().reduce((t, m) => m.forward(t), x2),
  ],
  ParameterList: () => [
    new nn.ParameterList([ones([6]), ones([4, 1])]),
    (list: nn.ParameterList) => [...list].reduce((t, p) => t.mul(p), x2),
  ],
  ParameterDict: () => [
    new nn.ParameterDict({ first: ones([6]), lastOne: ones([4, 1]) }),
    (dict: nn.ParameterDict) => dict.values().reduce((t, p) => t.mul(p), x2),
  ],
  "norms.weightNorm": layer(() => nn.norms.weightNorm(new nn.Dense(6, 3)), x2),
  "norms.spectralNorm": layer(() => nn.norms.spectralNorm(new nn.Conv2d(4, 2, 3)), x4),
  "norms.centeredWeightNorm": layer(() => nn.norms.centeredWeightNorm(new nn.Dense(6, 3)), x2),
  "norms.weightStandardization": layer(() => nn.norms.weightStandardization(new nn.Conv2d(4, 2, 3)), x4),
  "norms.scaledWeightStandardization": layer(() => nn.norms.scaledWeightStandardization(new nn.Conv2d(4, 2, 3), { gain: 2 }), x4),
  "parametrizations.weightNorm": layer(() => nn.parametrizations.weightNorm(new nn.Dense(6, 3)), x2),
  "parametrizations.spectralNorm": layer(() => nn.parametrizations.spectralNorm(new nn.Conv2d(4, 2, 3)), x4),
  "pruning.l1Unstructured": layer(() => nn.pruning.l1Unstructured(new nn.Dense(6, 3), 0.5), x2),
  "pruning.remove": layer(() => nn.pruning.remove(nn.pruning.lnStructured(new nn.Conv2d(4, 2, 3), 0.5)), x4),
  "norms.removeWeightNorm": layer(() => nn.norms.removeWeightNorm(nn.norms.weightNorm(new nn.Dense(6, 3))), ones([1, 6])),
}; // prettier-ignore
