import { nn, ones, type Tensor, tensor } from "../../src/index.ts";
import type { Rows } from "./rows.ts";

type Layer = new (...args: unknown[]) => object;

const x = (): Tensor => ones([2, 4]);
const signs = (): Tensor => tensor([1, -1]);
const index = (): Tensor => tensor([0, 1], { dtype: "int32" });
const edges = (): Tensor => tensor([[0, 1], [1, 0]], { dtype: "int32" }); // prettier-ignore
const image = (rank: number): Tensor => ones([1, 2, ...Array.from({ length: rank }, () => 4)]);
const layer = (): nn.Module => new nn.Dense(4, 4);

/** Which keys, and which queries, count. */
const places = (): Tensor[] => [tensor([1, 1]).ne(0), tensor([1, 1]).ne(0)];
const twoSequences = ["tensor tensor options?", () => [x(), x(), {}]] as const;
const withWeights = (name: string, make: () => object): Rows => ({
  [`nn.${name}.forwardWithWeights`]: ["tensor tensor? tensor? options?", () => [make(), x(), x(), x(), {}]],
});

/** Functions that speak for a layer, where their names differ. */
const sayings: Readonly<Record<string, string>> = {
  Activation: "relu",
  UpSampling: "interpolate",
  ZeroPad: "pad",
  ConstantPad: "pad",
  ReflectionPad: "pad",
  ReplicationPad: "pad",
  CircularPad: "pad",
  Dense: "linear",
  Highway: "linear",
  GatedFeedForward: "linear",
  UnitNorm: "normalize",
  MLPConv: "conv2d",
  BasicBlock: "conv2d",
  ResNet: "conv2d",
  DenseBlock: "(batchNorm|conv2d|cat)",
  DenseNet: "conv2d",
  FiLM: "(linear|film)",
  ConditionalBatchNorm: "(linear|conditionalBatchNorm)",
  AdaptiveLayerNorm: "(linear|adaptiveLayerNorm)",
  AdaptiveLayerNormZero: "(linear|adaptiveLayerNorm|AdaptiveLayerNormZero)",
  SPADE: "(conv2d|spade)",
  ModulatedConv2d: "(linear|modulatedConv2d)",
  DenseBatchNorm: "(linear|batchNorm)",
  DenseLayerNorm: "linear",
  DenseRMSNorm: "linear",
  BCELoss: "binaryCrossEntropy",
  BinaryFocalCrossEntropyLoss: "binaryFocalCrossEntropy",
  PolyCrossEntropyLoss: "polyCrossEntropy",
  CategoricalFocalCrossEntropyLoss: "categoricalFocalCrossEntropy",
  GeneralizedCrossEntropyLoss: "generalizedCrossEntropy",
  BCEWithLogitsLoss: "binaryCrossEntropyWithLogits",
  CosineDense: "cosineNorm",
  CenteredCosineDense: "centeredCosineNorm",
  CrossEntropyLoss: "crossEntropy",
  CategoricalCrossEntropyLoss: "categoricalCrossEntropy|crossEntropy",
  GatedBlocks: "linear",
  Residual: "linear",
  ScaledDense: "linear",
  Sequential: "linear",
  TransformerEncoderLayer: "(linear|layerNorm|MultiHeadAttention)",
  TransformerEncoder: "(linear|layerNorm|MultiHeadAttention)",
  TransformerDecoderLayer: "(linear|layerNorm|MultiHeadAttention)",
  TransformerDecoder: "(linear|layerNorm|MultiHeadAttention)",
  Transformer: "(linear|layerNorm|MultiHeadAttention)",
};

/** Rows of a layer's constructor and of its `forward`, for which its function may speak. */
function layers(
  names: string,
  [takes, args]: readonly [takes: string, args: () => readonly unknown[]],
  [inputs, given]: readonly [inputs: string, given: () => readonly unknown[]] = ["tensor", () => [x()]],
): Rows {
  const rows: Record<string, Rows[string]> = {};
  for (const name of names.split(" ")) {
    const says = sayings[name] ?? Object.keys(nn.functional).find((fn) => fn.toLowerCase() === name.toLowerCase());
    const Class = nn[name as keyof typeof nn] as unknown as Layer;
    rows[`nn.${name}`] = [takes, args];
    rows[`nn.${name}.forward`] = [inputs, () => [new Class(...args()), ...given()], says];
  }
  return rows;
}

function ranks(
  name: string,
  takes: string,
  args: () => readonly unknown[],
  forward: (rank: number) => readonly [inputs: string, given: () => readonly unknown[]] = (rank) => [
    "tensor",
    () => [image(rank)],
  ],
): Rows {
  return Object.assign({}, ...[1, 2, 3].map((rank) => layers(`${name}${rank}d`, [takes, args], forward(rank)))) as Rows;
}

const pair = ["tensor tensor", () => [x().mul(0.5), x().mul(0.5)]] as const;
const options = ["options?", () => [{}]] as const;
const shape = ["someNumbers options?", () => [4, {}]] as const;
const masked = ["tensor tensor?", () => [x(), x().gt(0)]] as const;
const sizes = ["number number options?", () => [4, 4, {}]] as const;

/** Layers and containers. */
export const layerRows: Rows = {
  ...layers(
    "ReLU6 ReLUSquared SELU SiLU Mish Sigmoid HardSwish LogSigmoid Softsign SparsePlus SparseSigmoid Tanh TanhShrink Identity Flatten",
    ["", () => []],
  ),
  ...layers("ReLU HardSigmoid HardShrink SoftShrink Shrink Squareplus Step Sparsemax RReLU", options),
  ...layers("CELU ELU GELU GLU SwiGLU HardTanh LeakyReLU Softplus Softmin PReLU TLU PairNorm UnitNorm", options),
  ...layers("Softmax LogSoftmax", options, masked),
  ...layers("Activation", ["functionOrWord", () => ["relu"]]),
  ...layers("Threshold", ["number number", () => [1, 0]]),
  ...layers("DropConnect", ["number number options?", () => [4, 4, {}]]),
  ...layers("GuidedDropout", ["number options?", () => [4, {}]]),
  ...layers(
    "GatedBlocks",
    ["module module...", () => [layer(), layer()]],
    ["tensor tensor", () => [x(), ones([2, 2]).ne(0)]],
  ),
  "nn.stochasticDepthRates": ["number number?", () => [3, 0.5]],
  ...layers("Dropout SpatialDropout AlphaDropout FeatureAlphaDropout StochasticDepth", [
    "number? options?",
    () => [0.5, {}],
  ]),
  ...layers("Dense ScaledDense CosineDense CenteredCosineDense DenseBatchNorm DenseLayerNorm DenseRMSNorm", sizes),
  ...layers("Embedding", sizes, ["tensor", () => [index()]]),
  ...layers("ScaleNorm AdaNorm DetachNorm DynamicTanh DynamicErf", shape),
  ...layers("LayerNorm RMSNorm", shape, masked),
  ...layers("GroupNorm", ["number number options?", () => [2, 4, {}]], masked),
  ...layers("BatchNorm", ["number options?", () => [4, {}]], masked),
  ...layers("MeanOnlyBatchNorm L1BatchNorm IterNorm PositionalNorm PowerNorm BatchRenorm DivisiveNorm", [
    "number options?",
    () => [4, {}],
  ]),
  ...layers("Highway", ["number options?", () => [4, {}]]),
  ...layers("GatedFeedForward", sizes),
  ...layers("MLPConv", ["number someNumbers someNumbers options?", () => [2, 2, 3, {}]], ["tensor", () => [image(2)]]),
  ...layers("BasicBlock DenseBlock", ["number number options?", () => [2, 2, {}]], ["tensor", () => [image(2)]]),
  ...layers("ResNet DenseNet", ["number number numbers options?", () => [2, 2, [1], {}]], ["tensor", () => [image(2)]]),
  ...layers("GCNConv GATConv", sizes, ["tensor tensor", () => [x(), edges()]]),
  ...layers("GraphNorm", ["number options?", () => [4, {}]], ["tensor tensor?", () => [x(), index()]]),
  ...layers("FilterResponseNorm", ["number options?", () => [2, {}]], ["tensor", () => [image(1)]]),
  ...layers("InstanceNorm", ["number options?", () => [2, {}]], ["tensor tensor?", () => [image(1), image(1).gt(0)]]),
  ...layers("PixelNorm", options),
  ...layers(
    "GlobalResponseNorm BatchInstanceNorm SwitchableNorm EvoNormB0",
    ["number options?", () => [2, {}]],
    ["tensor", () => [image(1)]],
  ),
  ...layers("EvoNormS0", ["number options", () => [2, { groups: 2 }]], ["tensor", () => [image(1)]]),
  ...layers(
    "SPADE",
    ["number number options?", () => [2, 3, {}]],
    ["tensor tensor", () => [image(2), ones([1, 3, 4, 4])]],
  ),
  ...layers(
    "ModulatedConv2d",
    ["number number someNumbers number options?", () => [2, 2, 2, 3, {}]],
    ["tensor tensor", () => [image(2), ones([1, 3])]],
  ),
  ...layers(
    "AdaptiveLayerNormZero",
    ["module number number options?", () => [layer(), 4, 3, {}]],
    ["tensor tensor", () => [x(), ones([2, 3])]],
  ),
  ...layers(
    "FiLM ConditionalBatchNorm AdaptiveLayerNorm",
    ["number number options?", () => [4, 3, {}]],
    ["tensor tensor", () => [x(), ones([2, 3])]],
  ),
  ...layers("AdaptiveBatchNorm", sizes, ["tensor number", () => [x(), 0]]),
  ...layers("RecurrentBatchNorm", sizes, ["tensor number?", () => [ones([3, 2, 4]), 1]]),
  ...layers("TransNorm", ["number options?", () => [4, {}]], ["tensor", () => [ones([4, 4])]]),
  ...layers("AccumulatedBatchNorm MixtureNorm UnsupervisedClusterNorm GhostBatchNorm BatchLayerNorm", sizes),
  ...layers("ClusterNorm", sizes, ["tensor tensor", () => [x(), index()]]),
  ...layers("AdaptiveInstanceNorm", options, ["tensor tensor", () => [image(1), image(2)]]),
  ...layers("LocalResponseNorm", ["number options?", () => [3, {}]], ["tensor", () => [image(1)]]),
  ...layers("GlobalAvgPool GlobalMaxPool", options, ["tensor tensor?", () => [image(2), ones([1, 4, 4]).ne(0)]]),
  ...ranks("Conv", "number number someNumbers options?", () => [2, 2, 2, {}]),
  ...ranks(
    "ConvTranspose",
    "number number someNumbers options?",
    () => [2, 2, 2, {}],
    (rank) => ["tensor extents?", () => [image(rank), 5]],
  ),
  ...ranks("LPPool", "number someNumbers options?", () => [2, 2, {}]),
  ...ranks(
    "MaxUnpool",
    "someNumbers options?",
    () => [2, {}],
    (rank) => ["tensor tensor extents?", () => [image(rank), image(rank).to("int32"), 8]],
  ),
  ...layers("FractionalMaxPool2d", ["someNumbers options", () => [2, { outputSize: 2 }]], ["tensor", () => [image(2)]]),
  ...layers("FractionalMaxPool3d", ["someNumbers options", () => [2, { outputSize: 2 }]], ["tensor", () => [image(3)]]),
  ...layers("UpSampling", ["options", () => [{ scaleFactor: 2 }]], ["tensor", () => [image(2)]]),
  ...layers("ZeroPad ReflectionPad ReplicationPad CircularPad", ["widths", () => [1]], ["tensor", () => [image(2)]]),
  ...layers("ConstantPad", ["widths element", () => [1, 2]], ["tensor", () => [image(2)]]),
  ...layers("PixelUnshuffle ChannelShuffle", ["number", () => [2]], ["tensor", () => [image(2)]]),
  ...layers("PixelShuffle", ["number", () => [2]], ["tensor", () => [ones([1, 4, 4, 4])]]),
  ...layers("Unflatten", ["number numbers", () => [1, [2, 2]]]),
  "nn.AdaptiveLogSoftmaxWithLoss.logProb": ["tensor", () => [new nn.AdaptiveLogSoftmaxWithLoss(4, 5, [2]), x()]],
  "nn.AdaptiveLogSoftmaxWithLoss.predict": ["tensor", () => [new nn.AdaptiveLogSoftmaxWithLoss(4, 5, [2]), x()]],
  ...layers(
    "AdaptiveLogSoftmaxWithLoss",
    ["number number numbers options?", () => [4, 9, [2, 5], { divValue: 2 }]],
    ["tensor tensor", () => [x(), index()]],
  ),
  ...layers("Bilinear", ["number number number options?", () => [4, 4, 3, {}]], ["tensor tensor", () => [x(), x()]]),
  ...layers("EmbeddingBag", sizes, [
    "tensor tensor? tensor?",
    () => [index(), tensor([0], { dtype: "int32" }), undefined],
  ]),
  "nn.Embedding.fromPretrained": ["tensor options?", () => [ones([3, 2]), {}]],
  "nn.EmbeddingBag.fromPretrained": ["tensor options?", () => [ones([3, 2]), {}]],
  ...ranks("MaxPool", "someNumbers options?", () => [2, {}]),
  ...ranks("AvgPool", "someNumbers options?", () => [2, {}]),
  ...ranks("AdaptiveMaxPool", "someNumbersOrNull", () => [2]),
  ...ranks("AdaptiveAvgPool", "someNumbersOrNull", () => [2]),
  ...layers("RNNCell GRUCell", sizes, ["tensor tensor?", () => [x(), x()]]),
  ...layers("LSTMCell", sizes, ["tensor tensors?", () => [x(), [x(), x()]]]),
  ...layers("RNN GRU", sizes, ["tensor tensor? tensor?", () => [ones([3, 2, 4]), ones([1, 2, 4]), ones([3, 2]).ne(0)]]),
  ...layers("LSTM", sizes, [
    "tensor tensors? tensor?",
    () => [ones([3, 2, 4]), [ones([1, 2, 4]), ones([1, 2, 4])], ones([3, 2]).ne(0)],
  ]),
  ...layers(
    "MultiHeadAttention",
    ["number number options?", () => [4, 2, {}]],
    ["tensor tensor? tensor? tensor? tensor? tensor?", () => [x(), x(), x(), ones([2, 2]), ...places()]],
  ),
  ...layers("Attention", options, [
    "tensor tensor? tensor? tensor? tensor? tensor?",
    () => [x(), x(), x(), ones([2, 2]), ...places()],
  ]),
  ...layers(
    "AdditiveAttention",
    ["number options?", () => [4, {}]],
    ["tensor tensor? tensor? tensor? tensor? tensor?", () => [x(), x(), x(), ones([2, 2]), ...places()]],
  ),
  ...withWeights("MultiHeadAttention", () => new nn.MultiHeadAttention(4, 2)),
  ...withWeights("Attention", () => new nn.Attention()),
  ...withWeights("AdditiveAttention", () => new nn.AdditiveAttention(4)),
  ...layers(
    "TransformerEncoderLayer",
    ["number number options?", () => [4, 2, {}]],
    ["tensor tensor? tensor?", () => [x(), ones([2, 2]), places()[0]]],
  ),
  ...layers(
    "TransformerEncoder",
    ["number number number options?", () => [4, 2, 1, {}]],
    ["tensor tensor? tensor?", () => [x(), ones([2, 2]), places()[0]]],
  ),
  ...layers("TransformerDecoderLayer", ["number number options?", () => [4, 2, {}]], twoSequences),
  ...layers("TransformerDecoder", ["number number number options?", () => [4, 2, 1, {}]], twoSequences),
  ...layers(
    "Transformer",
    ["number number options?", () => [4, 2, { numEncoderLayers: 1, numDecoderLayers: 1 }]],
    twoSequences,
  ),
  "nn.Transformer.generateSquareSubsequentMask": ["number", () => [3]],
  ...layers("PositionalEncoding SinusoidalPositionalEncoding", ["number options?", () => [4, {}]]),
  ...layers("RotaryEmbedding", ["number options?", () => [4, {}]], ["tensor tensor?", () => [x(), tensor([0, 1])]]),
  ...layers("L1Loss MSELoss HuberLoss SmoothL1Loss BCELoss BCEWithLogitsLoss KLDivLoss PoissonNLLLoss", options, pair),
  ...layers("LogCoshLoss MAPELoss MSLELoss PoissonLoss CosineSimilarityLoss DiceLoss TverskyLoss", options, pair),
  ...layers("KLDivergenceLoss CategoricalHingeLoss CategoricalCrossEntropyLoss", options, pair),
  ...layers("BinaryFocalCrossEntropyLoss CategoricalFocalCrossEntropyLoss GeneralizedCrossEntropyLoss", options, pair),
  ...layers("MulticlassHingeLoss MulticlassPerceptronLoss MulticlassSparsemaxLoss PolyCrossEntropyLoss", options, pair),
  ...layers("GeneralizedKLDivergenceLoss MultiLabelSoftMarginLoss StyleLoss", options, pair),
  ...layers("MultiLabelMarginLoss", options, ["tensor tensor", () => [x(), index().broadcastTo([4, 2]).transpose()]]),
  ...layers("SparsemaxLoss", options, ["tensor tensor", () => [ones([2]), tensor([1, 0])]]),
  ...layers("TripletMarginLoss TripletMarginWithDistanceLoss", options, [
    "tensor tensor tensor",
    () => [x(), x(), x()],
  ]),
  ...layers("HingeEmbeddingLoss HingeLoss SquaredHingeLoss PerceptronLoss SoftMarginLoss", options, [
    "tensor tensor",
    () => [ones([2]), signs()],
  ]),
  ...layers("CrossEntropyLoss NLLLoss MultiMarginLoss NTXentLoss CircleLoss", options, [
    "tensor tensor",
    () => [x(), index()],
  ]),
  ...layers("MarginRankingLoss", options, ["tensor tensor tensor", () => [ones([2]), ones([2]), signs()]]),
  ...layers("CTCLoss", options, [
    "tensor tensor tensor tensor",
    () => [ones([2, 1, 3]), ...[[[1]], [2], [1]].map((values) => tensor(values as number[], { dtype: "int32" }))],
  ]),
  ...layers("CosineSimilarity PairwiseDistance", options, pair),
  ...layers("CosineEmbeddingLoss", options, ["tensor tensor tensor", () => [x(), x(), signs()]]),
  ...layers("GaussianNLLLoss", options, ["tensor tensor tensor", () => [x(), x(), x()]]),
  ...layers("Lambda", ["function", () => [(t: Tensor) => t.mul(2)]]),
  ...layers("Residual", ["module", () => [layer()]]),
  ...layers("Sequential", ["module module...", () => [layer(), layer()]], ["tensor...", () => [x()]]),
  "nn.lazy": ["layerClass anything...", () => [nn.Dense, 2]],
  "nn.parametersToVector": ["tensors", () => [layer().parameters()]],
  "nn.vectorToParameters": ["tensor tensors", () => [ones([20]), layer().parameters()]],
  "nn.Parameter": ["tensor options?", () => [x(), {}]],
  "nn.regularizationLoss": ["module", () => [layer()]],
  "nn.applyConstraints": ["module", () => [layer()]],
  "nn.Buffer": ["tensor options?", () => [x(), {}]],
  "nn.Module.loadStateDict": ["state options?", () => [layer(), layer().stateDict(), {}]],
  "nn.Module.train": ["flag?", () => [layer(), true]],
  "nn.Module.clone": ["", () => [layer()]],
  "nn.Module.eval": ["", () => [layer()]],
  "nn.Module.zeroGrad": ["", () => [layer()]],
  "nn.Module.requiresGrad_": ["flag?", () => [layer(), true]],
  "nn.Module.to": ["word", () => [layer(), "float64"]],
  "nn.Module.apply": ["function", () => [layer(), (): undefined => undefined]],
  ...Object.fromEntries(
    ["registerForwardHook", "registerForwardPreHook", "registerFullBackwardHook", "registerFullBackwardPreHook"].map(
      (name) => [`nn.Module.${name}`, ["function options?", () => [layer(), (): undefined => undefined, {}]]],
    ),
  ),
  ...Object.fromEntries(
    ["StateDictPreHook", "StateDictPostHook", "LoadStateDictPreHook", "LoadStateDictPostHook"].map((name) => [
      `nn.Module.register${name}`,
      ["function", () => [layer(), (): undefined => undefined]],
    ]),
  ),
  "nn.registerModuleForwardHook": ["function options?", () => [(): undefined => undefined, {}]],
  ...Object.fromEntries(
    ["ForwardPreHook", "FullBackwardHook", "FullBackwardPreHook"].map((name) => [
      `nn.registerModule${name}`,
      ["function", () => [(): undefined => undefined]],
    ]),
  ),
};
