import { absent, type DefaultTable, only, required, unset } from "./default-table.ts";
import { affineActivated, bias, dtype, generator, noRule, pair, type Rows, rules } from "./layer-rows.ts";
import { losses } from "./loss-defaults.ts";
import { moduleDefaults } from "./module-defaults.ts";
import { initialisers, rules as ruleFunctions } from "./init-defaults.ts";
import { normDefaults } from "./norm-defaults.ts";
import { windowDefaults } from "./window-defaults.ts";

/** A layer takes its mask with each call. */
const masked: Rows = { mask: [unset, absent, absent] };

const network = { norm: unset, bias: false, init: unset, generator: unset, dtype: "float32" } as const;
const residual = { shortcut: "projection", preActivation: false, zeroInitResidual: false, ...network } as const;
const dense = { growthRate: 12, bottleneck: true, ...network } as const;
const warns = "without dim, PyTorch chooses by the number of axes, which is deprecated and warns";
const activations: DefaultTable = {
  ...pair("celu", "CELU", { alpha: [1, 1, 1] }, ["celu", "CELU"], "activations.celu"),
  ...pair("elu", "ELU", { alpha: [1, 1, 1] }, ["elu", "ELU"], "activations.elu"),
  ...pair("hardSigmoid", "HardSigmoid", only({ alpha: 1 / 6, beta: 0.5 }), ["hardsigmoid", "Hardsigmoid"], "activations.hard_sigmoid"),
  ...pair("gelu", "GELU", { approximate: ["none", "none", "none"] }, ["gelu", "GELU"], "activations.gelu"),
  ...pair("glu", "GLU", { axis: [-1, -1, -1] }, ["glu", "GLU"], "activations.glu"),
  ...pair("hardTanh", "HardTanh", { min: [-1, -1, absent], max: [1, 1, absent] }, ["hardtanh", "Hardtanh"]),
  ...pair("relu", "ReLU", { negativeSlope: [0, absent, 0], maxValue: [unset, absent, unset], threshold: [0, absent, 0] }, ["relu", "ReLU"], "layers.ReLU"),
  ...pair("hardSigmoid", "HardSigmoid", { alpha: [1 / 6, absent, absent], beta: [0.5, absent, absent] }, ["hardsigmoid", "Hardsigmoid"], "activations.hard_sigmoid"),
  ...pair("hardShrink", "HardShrink", { lambda: [0.5, 0.5, 0.5] }, ["hardshrink", "Hardshrink"], "activations.hard_shrink"),
  ...pair("softShrink", "SoftShrink", { lambda: [0.5, 0.5, 0.5] }, ["softshrink", "Softshrink"], "activations.soft_shrink"),
  ...pair("rrelu", "RReLU", { lower: [1 / 8, 1 / 8, absent], upper: [1 / 3, 1 / 3, absent], generator: [unset, absent, absent] }, ["rrelu", "RReLU"], undefined, {
    training: [false, false, absent],
  }),
  "nn.functional.gumbelSoftmax": {
    torch: "nn.functional.gumbel_softmax",
    options: { tau: [1, 1, absent], hard: [false, false, absent], axis: [-1, -1, absent], generator: [unset, absent, absent] },
  },
  "nn.functional.shrink": { options: only({ lambda: 0.5, bias: 0 }) },
  "nn.Shrink": { options: only({ lambda: 0.5, bias: 0 }) },
  "nn.functional.step": { options: only({ threshold: 0 }) },
  "nn.Step": { options: only({ threshold: 0 }) },
  "nn.functional.sparsemax": { keras: "activations.sparsemax", options: { axis: [-1, absent, -1] } },
  "nn.Sparsemax": { keras: "activations.sparsemax", options: { axis: [-1, absent, -1] } },
  "nn.functional.squareplus": { keras: "activations.squareplus", options: { b: [4, absent, 4] } },
  "nn.Squareplus": { keras: "activations.squareplus", options: { b: [4, absent, 4] } },
  ...pair("leakyRelu", "LeakyReLU", { negativeSlope: [0.01, 0.01, 0.2] }, ["leaky_relu", "LeakyReLU"], "activations.leaky_relu"),
  ...pair("softplus", "Softplus", { beta: [1, 1, absent], threshold: [20, 20, absent] }, ["softplus", "Softplus"]),
  ...pair("softmax", "Softmax", { axis: [-1, unset, -1, warns] }, ["softmax", "Softmax"], "layers.Softmax", masked),
  ...pair("softmin", "Softmin", { axis: [-1, unset, absent, warns] }, ["softmin", "Softmin"]),
  ...pair("logSoftmax", "LogSoftmax", { axis: [-1, unset, -1, warns] }, ["log_softmax", "LogSoftmax"], "activations.log_softmax", masked),
  "nn.functional.swiglu": { options: only({ axis: -1 }) },
  "nn.SwiGLU": { options: only({ axis: -1 }) },
  "nn.functional.gcnConv": { options: only({ bias: unset, selfLoops: true }) },
  "nn.GCNConv": { options: only({ bias: true, selfLoops: true, generator: unset, dtype: "float32" }) },
  "nn.functional.gatConv": {
    options: only({ bias: unset, concat: true, negativeSlope: 0.2, selfLoops: true, lipschitz: false }),
  },
  "nn.GATConv": {
    options: only({
      ...{ heads: 1, concat: true, negativeSlope: 0.2, selfLoops: true, lipschitz: false, bias: true },
      ...{ generator: unset, dtype: "float32" },
    }),
  },
  "nn.functional.dropConnect": { options: only({ rate: 0.5, training: true, generator: unset, mode: "row" }) },
  "nn.DropConnect": {
    options: only({
      ...{ rate: 0.5, mode: "row", samples: 0, bias: true, init: unset, biasInit: unset, generator: unset, dtype: "float32" },
      ...{ kernelRegularizer: unset, biasRegularizer: unset, kernelConstraint: unset, biasConstraint: unset, activation: unset },
    }),
  },
  "nn.stochasticDepthRates": { options: only({ "(lastRate)": 0.5 }) },
  "nn.functional.dropConnectMoments": { options: only({ rate: 0.5 }) },
  "nn.functional.guidedDropout": { options: only({ rate: 0.5, training: true, generator: unset, mode: "topK", region: 0.5 }) },
  "nn.GuidedDropout": { options: only({ rate: 0.5, mode: "topK", region: 0.5, init: "uniform", generator: unset, dtype: "float32" }) },
  "nn.functional.stochasticDepth": { options: only({ rate: 0.5, training: true, generator: unset, mode: "row" }) },
  "nn.StochasticDepth": { options: only({ "(rate)": 0.5, mode: "row", generator: unset }) },
  "nn.functional.samplePolicy": { options: only({ training: true, generator: unset }) },
  "nn.functional.blockDropReward": { options: only({ penalty: 1 }) },
  "nn.functional.blockDropLoss": { options: only({ reduction: "mean" }) },
  "nn.pruning.l1Unstructured": { options: only({ of: "remaining" }) },
  "nn.pruning.globalUnstructured": { options: only({ of: "remaining" }) },
  "nn.pruning.lnStructured": { options: only({ n: 2, axis: unset, of: "remaining" }) },
  "nn.pruning.gradualSparsity": { options: only({ final: required, initial: 0, begin: 0, end: required }) },
  "nn.Highway": { options: only({ activation: "relu", gateBias: -2, generator: unset, dtype: "float32" }) },
  "nn.MLPConv": {
    options: only({
      ...{ stride: 1, padding: 0, dilation: 1, groups: 1, paddingMode: "zeros" },
      ...{ bias: true, init: unset, biasInit: unset, generator: unset, dtype: "float32", activation: "relu" },
      ...{ kernelRegularizer: unset, biasRegularizer: unset, kernelConstraint: unset, biasConstraint: unset },
    }),
  },
  "nn.BasicBlock": { options: only({ stride: 1, ...residual }) },
  "nn.ResNet": { options: only({ channels: 16, ...residual }) },
  "nn.DenseBlock": { options: only(dense) },
  "nn.DenseNet": { options: only({ channels: unset, compression: 0.5, ...dense }) },
  "nn.GatedFeedForward": { options: only({ activation: "silu", bias: false, generator: unset, dtype: "float32" }) },
  "nn.TLU": { options: only({ channels: 1, init: 0, dtype: "float32" }) },
  "nn.PReLU": { torch: "nn.PReLU", keras: "layers.PReLU", options: { channels: [1, 1, absent], shape: [unset, absent, absent], init: [0.25, 0.25, 0], dtype } },
  "nn.functional.dropout": {
    torch: "nn.functional.dropout",
    keras: "layers.Dropout",
    options: { rate: [0.5, 0.5, required], training: [true, true, absent], generator },
  },
  "nn.functional.spatialDropout": { options: only({ rate: 0.5, training: true, generator: unset }) },
  "nn.SpatialDropout": { torch: "nn.Dropout2d", keras: "layers.SpatialDropout2D", options: { "(rate)": [0.5, 0.5, required], generator } },
  "nn.functional.alphaDropout": { torch: "nn.functional.alpha_dropout", keras: "layers.AlphaDropout", options: { rate: [0.5, 0.5, required], training: [true, false, absent, "the default of every other dropout"], generator } },
  "nn.AlphaDropout": { torch: "nn.AlphaDropout", keras: "layers.AlphaDropout", options: { "(rate)": [0.5, 0.5, required], generator } },
  "nn.functional.featureAlphaDropout": { torch: "nn.functional.feature_alpha_dropout", options: { rate: [0.5, 0.5, absent], training: [true, false, absent, "the default of every other dropout"], generator: [unset, absent, absent] } },
  "nn.FeatureAlphaDropout": { torch: "nn.FeatureAlphaDropout", options: { "(rate)": [0.5, 0.5, absent], generator: [unset, absent, absent] } },
  "nn.Dropout": { torch: "nn.Dropout", keras: "layers.Dropout", options: { "(rate)": [0.5, 0.5, required], generator } },
}; // prettier-ignore

const attention: Rows = {
  mask: [unset, unset, absent],
  causal: [false, false, absent],
  scale: [unset, unset, absent],
  rate: [0, 0, absent],
};
const masks: Rows = {
  mask: [unset, unset, unset],
  keyPaddingMask: [unset, unset, unset],
  queryMask: [unset, absent, unset],
};
const masksOfKeras: Rows = {
  mask: [unset, absent, absent],
  keyPaddingMask: [unset, absent, unset],
  queryMask: [unset, absent, unset],
};
const decoding: Rows = {
  tgtMask: [unset, unset, absent],
  memoryMask: [unset, unset, absent],
  tgtKeyPaddingMask: [unset, unset, absent],
  memoryKeyPaddingMask: [unset, unset, absent],
};
const padding = { keyPaddingMask: unset, queryMask: unset } as const;
const queries = { mask: unset, causal: false, rate: 0, training: true, generator: unset, ...padding } as const;
const heads = { ...queries, scale: unset, addZeroAttention: false, rotary: unset } as const;
// Options of the call there.
const ofQueries: Rows = {
  causal: [false, absent, false],
  dropout: [0, absent, 0],
  generator: [unset, absent, unset],
  dtype: ["float32", absent, "float32"],
};
const rotary = { layout: "halfSplit", base: 10_000, offset: 0, dimensions: unset, scale: 1 } as const;
const sinusoidal = { minFrequency: 1e-4, maxFrequency: 1, scale: unset, cosFirst: false, fullTurns: false } as const;
const transformer: Rows = {
  hiddenFeatures: [2048, 2048, absent],
  activation: ["relu", "relu", absent],
  normFirst: [false, false, absent],
  eps: [1e-5, 1e-5, absent],
  bias: [true, true, absent],
  causal: [false, false, absent],
  batchFirst: [false, false, absent],
  dropout: [0.1, 0.1, absent],
  generator: [unset, absent, absent],
  dtype: ["float32", "float32", absent],
};
const cell: Rows = {
  bias,
  generator,
  dtype,
  init: [unset, absent, "glorotUniform"],
  recurrentInit: [unset, absent, "orthogonal"],
  biasInit: [unset, absent, "zeros"],
  recurrentBiasInit: [unset, absent, absent],
  ...rules,
  recurrentRegularizer: noRule,
  recurrentConstraint: noRule,
  layerNorm: [false, absent, absent],
};
const gates: Rows = { activation: ["tanh", absent, "tanh"], recurrentActivation: ["sigmoid", absent, "sigmoid"] };
const sequence: Rows = {
  ...cell,
  numLayers: [1, 1, absent],
  bidirectional: [false, false, absent],
  batchFirst: [false, false, absent],
  dropout: [0, 0, 0],
  zeroOutputForMask: [unset, absent, false],
};
const layout: Rows = { batchFirst: [false, false, absent] };
const padding: Rows = { paddingValue: [0, 0, absent] };
const sorting: Rows = { enforceSorted: [true, true, absent] };
const rnn = "nn.utils.rnn";
const layers: DefaultTable = {
  ...windowDefaults,
  "nn.Dense": { torch: "nn.Linear", keras: "layers.Dense", options: affineActivated },
  "nn.functional.rnnCell": { options: only({ activation: "tanh" }) },
  "nn.functional.gruCell": { options: only({ resetAfter: true, activation: "tanh", recurrentActivation: "sigmoid" }) },
  "nn.functional.lstmCell": { options: only({ peepholes: unset, activation: "tanh", recurrentActivation: "sigmoid" }) },
  "nn.RNNCell": { torch: "nn.RNNCell", keras: "layers.SimpleRNNCell", options: { ...cell, activation: ["tanh", "tanh", "tanh"] } },
  "nn.GRUCell": { torch: "nn.GRUCell", keras: "layers.GRUCell", options: { ...cell, ...gates, resetAfter: [true, absent, true] } },
  "nn.LSTMCell": { torch: "nn.LSTMCell", keras: "layers.LSTMCell", options: { ...cell, ...gates } },
  "nn.RNN": { torch: "nn.RNN", keras: "layers.SimpleRNN", options: { ...sequence, activation: ["tanh", "tanh", "tanh"] } },
  "nn.GRU": { torch: "nn.GRU", keras: "layers.GRU", options: { ...sequence, ...gates, resetAfter: [true, absent, true] } },
  "nn.LSTM": { torch: "nn.LSTM", keras: "layers.LSTM", options: { ...sequence, ...gates, projectionSize: [0, 0, absent], projectionInit: [unset, absent, absent] } },
  "nn.functional.packPaddedSequence": { torch: `${rnn}.pack_padded_sequence`, options: { ...layout, ...sorting } },
  "nn.functional.packSequence": { torch: `${rnn}.pack_sequence`, options: sorting },
  "nn.functional.padPackedSequence": { torch: `${rnn}.pad_packed_sequence`, options: { ...layout, ...padding, totalLength: [unset, unset, absent] } },
  "nn.functional.padSequence": { torch: `${rnn}.pad_sequence`, options: { ...layout, ...padding, paddingSide: ["right", "right", absent] } },
  "nn.functional.unpadSequence": { torch: `${rnn}.unpad_sequence`, options: layout },
  "nn.functional.positionalEncoding": { options: only({ base: 10_000, offset: 0, dtype: "float32" }) },
  "nn.PositionalEncoding": { options: only({ batchFirst: false, base: 10_000, offset: 0 }) },
  "nn.functional.sinusoidalPositionalEncoding": { options: only(sinusoidal) },
  "nn.SinusoidalPositionalEncoding": { options: only(sinusoidal) },
  "nn.functional.rotaryEmbedding": { options: only({ ...rotary, positions: unset }) },
  "nn.RotaryEmbedding": { options: only(rotary) },
  "nn.functional.scaledDotProductAttention": {
    torch: "nn.functional.scaled_dot_product_attention",
    options: { ...attention, enableGqa: [false, false, absent], ...only({ training: true, generator: unset }) },
  },
  "nn.functional.multiHeadAttention": { options: only(heads) },
  "nn.functional.multiHeadAttentionWithWeights": { options: only({ ...heads, averageAttentionWeights: true }) },
  "nn.functional.attention": {
    options: only({ ...queries, scoreMode: "dot", scale: unset, concatScoreWeight: unset }),
  },
  "nn.functional.additiveAttention": { options: only({ ...queries, scale: unset }) },
  "nn.MultiHeadAttention.forwardWithWeights": {
    torch: "nn.MultiheadAttention.forward",
    keras: "layers.MultiHeadAttention.call",
    options: { ...masks, averageAttentionWeights: [true, true, absent] },
  },
  "nn.Attention": {
    keras: "layers.Attention",
    options: { useScale: [false, absent, false], scoreMode: ["dot", absent, "dot"], ...ofQueries },
  },
  "nn.Attention.forwardWithWeights": { keras: "layers.Attention.call", options: masksOfKeras },
  "nn.AdditiveAttention": { keras: "layers.AdditiveAttention", options: { useScale: [true, absent, true], ...ofQueries } },
  "nn.AdditiveAttention.forwardWithWeights": { keras: "layers.AdditiveAttention.call", options: masksOfKeras },
  "nn.MultiHeadAttention": {
    torch: "nn.MultiheadAttention",
    keras: "layers.MultiHeadAttention",
    options: {
      bias,
      keyFeatures: [unset, unset, absent],
      valueFeatures: [unset, unset, absent],
      // Options of the call there.
      causal: [false, false, false],
      batchFirst: [false, false, absent],
      dropout: [0, 0, 0],
      addBiasKV: [false, false, absent],
      addZeroAttention: [false, false, absent],
      qkScale: [unset, absent, absent],
      rotary: [unset, absent, absent],
      generator,
      dtype,
    },
  },
  "nn.TransformerEncoderLayer": { torch: "nn.TransformerEncoderLayer", options: transformer },
  "nn.TransformerDecoderLayer": { torch: "nn.TransformerDecoderLayer", options: transformer },
  // Options of the layer that is handed over there, and None in place of a norm.
  "nn.TransformerEncoder": { torch: "nn.TransformerEncoder", options: { ...transformer, norm: [false, false, absent] } },
  "nn.TransformerDecoder": { torch: "nn.TransformerDecoder", options: { ...transformer, norm: [false, false, absent] } },
  "nn.Transformer": {
    torch: "nn.Transformer",
    options: { ...transformer, numEncoderLayers: [6, 6, absent], numDecoderLayers: [6, 6, absent] },
  },
  "nn.TransformerDecoderLayer.forward": { torch: "nn.TransformerDecoderLayer.forward", options: decoding },
  "nn.TransformerDecoder.forward": { torch: "nn.TransformerDecoder.forward", options: decoding },
  "nn.Transformer.forward": {
    torch: "nn.Transformer.forward",
    options: { srcMask: [unset, unset, absent], srcKeyPaddingMask: [unset, unset, absent], ...decoding },
  },
}; // prettier-ignore

const modules: DefaultTable = {
  "nn.metrics.accuracy": {
    keras: "metrics.SparseTopKCategoricalAccuracy",
    options: { topK: [1, absent, 5], ignoreIndex: [unset, absent, absent], reduction: ["mean", absent, absent] },
  },
  "nn.Parameter": {
    torch: "nn.Parameter",
    options: { requiresGrad: [true, true, absent], ...only({ regularizer: unset, constraint: unset }) },
  },
  "nn.Buffer": { torch: "nn.Buffer", options: { persistent: [true, true, absent] } },
  "nn.ModuleList": { torch: "nn.ModuleList", options: { "(modules)": [[], [], absent] } },
  "nn.ParameterList": { torch: "nn.ParameterList", options: { "(parameters)": [[], [], absent] } },
  "nn.ModuleDict": { torch: "nn.ModuleDict", options: { "(modules)": [[], [], absent] } },
  "nn.ParameterDict": { torch: "nn.ParameterDict", options: { "(parameters)": [[], [], absent] } },
  ...moduleDefaults,
  "nn.Module.loadStateDict": {
    torch: "nn.Module.load_state_dict",
    options: { strict: [true, true, absent], prefix: ["", absent, absent] },
  },
};

/** Everything of nn. */
export const layerDefaults: DefaultTable = {
  ...activations,
  ...losses,
  ...normDefaults,
  ...layers,
  ...initialisers,
  ...ruleFunctions,
  ...modules,
};
