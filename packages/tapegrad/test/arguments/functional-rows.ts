import { nn, ones, type Tensor, tensor, zeros } from "../../src/index.ts";
import type { Row, Rows } from "./rows.ts";

const x = (): Tensor => ones([2, 4]);
const y = (): Tensor => ones([2, 4]).mul(0.5);
const signs = (): Tensor => tensor([1, -1]);
const weight = (): Tensor => ones([4, 4]);
const edges = (): Tensor => tensor([[0, 1], [1, 0]], { dtype: "int32" }); // prettier-ignore
const image = (rank: number): Tensor => ones([1, 2, ...Array.from({ length: rank }, () => 4)]);
const filters = (rank: number): Tensor => ones([2, 2, ...Array.from({ length: rank }, () => 2)]);
const running = (): object => ({ runningMean: ones([4]), runningVar: ones([4]) });
const moments = (): nn.functional.Moments => nn.functional.channelMoments(x());
const cell = (gates: number): object => ({ weightIh: ones([gates * 3, 4]), weightHh: ones([gates * 3, 3]) });
const packed = (): nn.functional.PackedSequence => nn.functional.packSequence([ones([3]), ones([2])]);
const h = (): Tensor => ones([2, 3]);

function each(names: string, row: Row): Rows {
  return Object.fromEntries(names.split(" ").map((name) => [`nn.functional.${name}`, row]));
}

function ranks(name: string, row: (rank: number) => Row): Rows {
  return Object.fromEntries([1, 2, 3].map((rank) => [`nn.functional.${name}${rank}d`, row(rank)]));
}

function norms(name: string, row: Row): Rows {
  const plain = `plain${name[0]!.toUpperCase()}${name.slice(1)}`.replace("Rms", "RMS");
  return { [`nn.functional.${name}`]: row, [`nn.functional.${plain}`]: [row[0], row[1], name] };
}

const loss: Row = ["tensor tensor options?", () => [y(), y(), {}]];

/** Everything in `nn.functional`. */
export const functionalRows: Rows = {
  ...each(
    "relu6 reluSquared selu silu mish sigmoid hardSwish logSigmoid softsign sparsePlus sparseSigmoid tanh tanhShrink",
    ["tensor", () => [x()]],
  ),
  ...each(
    "celu elu gelu glu swiglu hardTanh leakyRelu softplus softmax softmin logSoftmax " +
      "relu hardSigmoid hardShrink softShrink shrink squareplus step sparsemax rrelu gumbelSoftmax dropout spatialDropout alphaDropout featureAlphaDropout stochasticDepth normalize pairNorm",
    ["tensor options?", () => [x(), {}]],
  ),
  ...each("threshold", ["tensor number number", () => [x(), 1, 0]]),
  ...each("prelu tlu", ["tensor tensor", () => [x(), ones([1])]]),
  ...each("divisiveNorm", ["tensor tensor tensor options?", () => [x(), ones([4]), ones([4, 4]), {}]]),
  ...each("dynamicTanh dynamicErf", ["tensor someNumbers options?", () => [x(), 4, {}]]),
  ...each("graphNorm", ["tensor options?", () => [x(), {}]]),
  ...each("segmentSum segmentMean segmentMax segmentSoftmax", [
    "tensor tensor number",
    () => [x(), tensor([1, 0], { dtype: "int32" }), 2],
  ]),
  ...each("lipschitzNorm", [
    "tensor tensor tensor tensor options?",
    () => [ones([2, 1]), ones([2, 1, 4]), ones([1, 8]), edges(), {}],
  ]),
  ...each("gcnConv", ["tensor tensor tensor options?", () => [x(), edges(), weight(), {}]]),
  ...each("gatConv", ["tensor tensor tensor tensor options?", () => [x(), edges(), weight(), ones([2, 4]), {}]]),
  ...norms("filterResponseNorm", ["tensor options?", () => [image(1), {}]]),
  ...each(
    "l1Loss mseLoss huberLoss smoothL1Loss binaryCrossEntropy binaryCrossEntropyWithLogits klDivLoss poissonNllLoss " +
      "logCoshLoss mapeLoss msleLoss poissonLoss cosineSimilarityLoss diceLoss tverskyLoss klDivergenceLoss " +
      "binaryFocalCrossEntropy categoricalFocalCrossEntropy generalizedCrossEntropy categoricalHingeLoss " +
      "multiclassHingeLoss multiclassPerceptronLoss multiclassSparsemaxLoss polyCrossEntropy generalizedKlDivergenceLoss " +
      "multilabelSoftMarginLoss styleLoss",
    loss,
  ),
  ...each("hingeEmbeddingLoss hingeLoss squaredHingeLoss perceptronLoss softMarginLoss", [
    "tensor tensor options?",
    () => [ones([2]), signs(), {}],
  ]),
  ...each("categoricalCrossEntropy", ["tensor tensor options?", () => [y(), y(), {}], "crossEntropy"]),
  ...each("crossEntropy nllLoss multiMarginLoss ntXentLoss circleLoss", [
    "tensor tensor options?",
    () => [x(), tensor([0, 1], { dtype: "int32" }), {}],
  ]),
  ...each("multilabelMarginLoss", ["tensor tensor options?", () => [x(), zeros([2, 4], { dtype: "int32" }), {}]]),
  ...each("sparsemaxLoss", ["tensor tensor options?", () => [ones([2]), tensor([1, 0]), {}]]),
  ...each("tripletMarginLoss tripletMarginWithDistanceLoss", [
    "tensor tensor tensor options?",
    () => [x(), x(), x(), {}],
  ]),
  ...each("gramMatrix", ["tensor", () => [image(1)]]),
  ...each("reduceLosses", ["tensor options?", () => [x(), {}]]),
  ...each("smoothLabels", ["tensor number options?", () => [x(), 0.1, {}]]),
  ...each("marginRankingLoss", ["tensor tensor tensor options?", () => [ones([2]), ones([2]), signs(), {}]]),
  ...each("ctcLoss", [
    "tensor tensor tensor tensor options?",
    () => [ones([2, 1, 3]), ...[[[1]], [2], [1]].map((values) => tensor(values as number[], { dtype: "int32" })), {}],
  ]),
  ...each("cosineSimilarity pairwiseDistance", ["tensor tensor options?", () => [x(), x(), {}]]),
  ...each("cosineEmbeddingLoss", ["tensor tensor tensor options?", () => [x(), x(), signs(), {}]]),
  ...each("gaussianNllLoss", ["tensor tensor tensor options?", () => [x(), x(), x(), {}]]),
  ...each("resolveActivation resolveLoss", ["functionOrWord", () => [(t: Tensor) => t]]),
  ...each("dropConnect", ["tensor tensor tensor? options?", () => [x(), weight(), ones([4]), {}]]),
  ...each("dropConnectMoments", ["tensor tensor tensor? options?", () => [x(), weight(), ones([4]), {}]]),
  ...each("guidedDropout", ["tensor tensor options?", () => [x(), ones([4]), {}]]),
  ...each("samplePolicy", ["tensor options?", () => [y(), {}]]),
  ...each("blockDropReward", ["tensor tensor options?", () => [x().ne(0), ones([2]).ne(0), {}]]),
  ...each("blockDropLoss", ["tensor tensor tensor tensor options?", () => [y(), x().ne(0), ones([2]), ones([2]), {}]]),
  ...each("linear", ["tensor tensor tensor?", () => [x(), weight(), ones([4])]]),
  ...each("embedding", ["tensor tensor options?", () => [tensor([0, 1], { dtype: "int32" }), weight(), {}]]),
  ...ranks("conv", (rank) => ["tensor tensor tensor? options?", () => [image(rank), filters(rank), ones([2]), {}]]),
  ...ranks("convTranspose", (rank) => [
    "tensor tensor tensor? options?",
    () => [image(rank), filters(rank), ones([2]), {}],
  ]),
  ...ranks("maxPool", (rank) => ["tensor someNumbers options?", () => [image(rank), 2, {}]]),
  ...ranks("avgPool", (rank) => ["tensor someNumbers options?", () => [image(rank), 2, {}]]),
  ...ranks("adaptiveMaxPool", (rank) => ["tensor someNumbersOrNull", () => [image(rank), 2]]),
  ...ranks("adaptiveAvgPool", (rank) => ["tensor someNumbersOrNull", () => [image(rank), 2]]),
  ...each("maxPoolWithIndices", ["tensor numbers options?", () => [image(2), [2, 2], {}]]),
  ...each("globalAvgPool globalMaxPool", ["tensor options?", () => [image(2), {}]]),
  ...ranks("lpPool", (rank) => ["tensor number someNumbers options?", () => [image(rank), 2, 2, {}]]),
  ...each("maxUnpool", ["tensor tensor numbers options?", () => [image(1), image(1).to("int32"), [2], {}]]),
  ...each("fractionalMaxPool2d", ["tensor someNumbers options", () => [image(2), 2, { outputSize: 2 }]]),
  ...each("fractionalMaxPool3d", ["tensor someNumbers options", () => [image(3), 2, { outputSize: 2 }]]),
  ...each("fractionalMaxPoolWithIndices", ["tensor numbers options", () => [image(2), [2, 2], { outputSize: 2 }]]),
  ...each("interpolate", ["tensor options", () => [image(2), { scaleFactor: 2 }]]),
  ...each("gridSample", ["tensor tensor options?", () => [image(2), ones([1, 3, 3, 2]), {}]]),
  ...each("affineGrid", ["tensor numbers options?", () => [ones([2, 2, 3]), [4, 4], {}]]),
  ...each("pixelShuffle", ["tensor number", () => [ones([1, 4, 4, 4]), 2]]),
  ...each("pixelUnshuffle channelShuffle", ["tensor number", () => [image(2), 2]]),
  ...each("bilinear", ["tensor tensor tensor tensor?", () => [x(), x(), ones([3, 4, 4]), ones([3])]]),
  ...each("embeddingBag", ["tensor tensor options?", () => [tensor([[0, 1]], { dtype: "int32" }), weight(), {}]]),
  ...each("unfold", ["tensor someNumbers options?", () => [image(2), [2, 2], {}]]),
  ...each("fold", ["tensor someNumbers someNumbers options?", () => [ones([1, 8, 9]), [4, 4], [2, 2], {}]]),
  ...norms("layerNorm", ["tensor someNumbers options?", () => [x(), 4, {}]]),
  ...norms("rmsNorm", ["tensor someNumbers options?", () => [x(), 4, {}]]),
  ...norms("scaleNorm", ["tensor someNumbers options?", () => [x(), 4, {}]]),
  ...norms("adaNorm", ["tensor someNumbers options?", () => [x(), 4, {}]]),
  ...norms("detachNorm", ["tensor someNumbers options?", () => [x(), 4, {}]]),
  ...norms("groupNorm", ["tensor number options?", () => [x(), 2, {}]]),
  ...each("meanOnlyBatchNorm", ["tensor options?", () => [x(), {}]]),
  ...each("l1BatchNorm iterNorm", ["tensor options?", () => [tensor([[1, 2, 3, 5], [4, 3, 2, 2]]), {}]]), // prettier-ignore
  ...norms("pixelNorm", ["tensor options?", () => [x(), {}]]),
  ...norms("positionalNorm", ["tensor options?", () => [x(), {}]]),
  ...each("positionalNormWithMoments", ["tensor options?", () => [x(), {}]]),
  ...norms("adaptiveLayerNorm", ["tensor options?", () => [x(), {}]]),
  ...norms("spade", ["tensor options?", () => [image(1), {}]]),
  ...each("globalResponseNorm", ["tensor tensor tensor options?", () => [image(1), ones([2]), ones([2]), {}]]),
  ...each("batchInstanceNorm evoNormB0", ["tensor tensor options?", () => [image(1), ones([2]), {}]]),
  ...each("evoNormS0", ["tensor tensor options", () => [image(1), ones([2]), { groups: 2 }]]),
  ...each("switchableNorm", ["tensor tensor tensor options?", () => [image(1), ones([3]), ones([3]), {}]]),
  ...norms("batchNorm", ["tensor options?", () => [x(), {}]]),
  ...norms("conditionalBatchNorm", ["tensor options?", () => [x(), {}]]),
  ...norms("adaptiveBatchNorm", ["tensor number options?", () => [x(), 0, {}]]),
  ...norms("recurrentBatchNorm", ["tensor options?", () => [ones([3, 2, 4]), {}]]),
  ...each("transNorm", ["tensor options?", () => [ones([4, 4]), {}]]),
  ...each("channelMoments", ["tensor", () => [x()]]),
  ...each("combineMoments", ["allMoments", () => [[moments(), moments()]]]),
  ...each("normalizeByMoments", ["tensor moments options?", () => [x(), moments(), {}]]),
  ...norms("accumulatedBatchNorm", ["tensor number options?", () => [x(), 2, {}]]),
  ...norms("ghostBatchNorm", ["tensor number options?", () => [x(), 2, {}]]),
  ...each("batchLayerNorm", ["tensor number options?", () => [x(), 2, {}]]),
  ...each("clusterNorm", [
    "tensor tensor tensor tensor options?",
    () => [x(), tensor([0, 1], { dtype: "int32" }), ones([3, 4]), ones([3, 4]), {}],
  ]),
  ...each("unsupervisedClusterNorm", [
    "tensor tensor tensor tensor options?",
    () => [x(), ones([3, 4]), ones([3, 4]), ones([3, 4]), {}],
  ]),
  ...each("mixtureNorm", ["tensor number options?", () => [x(), 2, {}]]),
  ...each("powerNorm", ["tensor tensor tensor options?", () => [x(), ones([4]), ones([4]), {}]]),
  ...each("film", ["tensor tensor tensor", () => [x(), x(), x()]]),
  ...each("adaptiveInstanceNorm", ["tensor tensor options?", () => [image(1), image(2), {}]]),
  ...each("batchRenorm", ["tensor options?", () => [x(), running()]]),
  ...norms("instanceNorm", ["tensor options?", () => [image(1), {}]]),
  ...each("localResponseNorm", ["tensor number options?", () => [image(1), 3, {}]]),
  ...each("cosineNorm centeredCosineNorm", ["tensor tensor options?", () => [x(), weight(), {}]]),
  ...each("scaledWeightStandardization", ["tensor options?", () => [weight(), {}]]),
  ...each("modulatedConv2d", ["tensor tensor tensor options?", () => [image(2), filters(2), ones([1, 2]), {}]]),
  ...norms("weightStandardization", ["tensor options?", () => [weight(), {}]]),
  ...each("weightNorm centeredWeightNorm", ["tensor tensor options?", () => [weight(), ones([4, 1]), {}]]),
  ...each("spectralNorm powerIteration", ["tensor tensor tensor options?", () => [weight(), ones([4]), ones([4]), {}]]),
  ...each("rnnCell", ["tensor tensor options options?", () => [x(), h(), cell(1), {}]]),
  ...each("gruCell", ["tensor tensor options options?", () => [x(), h(), cell(3), {}]]),
  ...each("lstmCell", ["tensor tensors options options?", () => [x(), [h(), h()], cell(4), {}]]),
  ...each("packPaddedSequence", ["tensor lengths options?", () => [ones([3, 2]), [3, 2], {}]]),
  ...each("packSequence padSequence", ["tensors options?", () => [[ones([3]), ones([2])], {}]]),
  ...each("padPackedSequence", ["packed options?", () => [packed(), {}]]),
  ...each("unpackSequence", ["packed", () => [packed()]]),
  ...each("unpadSequence", ["tensor lengths options?", () => [ones([3, 2]), [3, 2], {}]]),
  ...each("positionalEncoding", ["number number options?", () => [3, 4, {}]]),
  ...each("sinusoidalPositionalEncoding", ["tensor number options?", () => [x(), 4, {}]]),
  ...each("rotaryEmbedding", ["tensor options?", () => [x(), {}]]),
  ...each("scaledDotProductAttention attention additiveAttention", [
    "tensor tensor tensor options?",
    () => [x(), x(), x(), {}],
  ]),
  ...each("multiHeadAttention multiHeadAttentionWithWeights", [
    "tensor tensor tensor number options options?",
    () => [x(), x(), x(), 2, { inProjWeight: ones([12, 4]), outProjWeight: weight() }, {}],
  ]),
  ...Object.fromEntries(
    "kaimingNormal kaimingUniform lecunNormal lecunUniform normal orthogonal truncatedNormal uniform varianceScaling xavierNormal xavierUniform"
      .split(" ")
      .map((name): [string, Row] => [`nn.init.${name}`, ["tensor options?", () => [weight(), {}]]]),
  ),
  "nn.regularizers.l1": ["number?", () => [0.1]],
  "nn.regularizers.l2": ["number?", () => [0.1]],
  "nn.regularizers.l1l2": ["options?", () => [{}]],
  "nn.regularizers.orthogonal": ["options?", () => [{}]],
  "nn.constraints.maxNorm": ["number? options?", () => [3, {}]],
  "nn.constraints.nonNeg": ["", () => []],
  "nn.constraints.unitNorm": ["options?", () => [{}]],
  "nn.constraints.minMaxNorm": ["options?", () => [{}]],
  "nn.init.fill": ["tensor functionOrWord options?", () => [weight(), "ones", {}]],
  "nn.init.sparse": ["tensor options", () => [weight(), { sparsity: 0.5 }]],
  "nn.init.deltaOrthogonal": ["tensor options?", () => [ones([2, 2, 3]), {}]],
  "nn.init.fixup": ["tensors options?", () => [[[weight(), weight()]], {}]],
  "nn.init.dirac": ["tensor options?", () => [ones([2, 2, 3]), {}]],
  "nn.init.constant": ["tensor element", () => [weight(), 1]],
  "nn.init.eye": ["tensor options?", () => [weight(), {}]],
  "nn.init.ones": ["tensor options?", () => [weight(), {}]],
  "nn.init.zeros": ["tensor options?", () => [weight(), {}]],
  "nn.init.fans": ["tensor", () => [weight()]],
  "nn.init.gain": ["word number?", () => ["leakyRelu", 0.1]],
  "nn.norms.table": ["", () => []],
  "nn.norms.initializeByData": [
    "module tensor...",
    () => [nn.norms.weightNorm(new nn.Dense(4, 4)), tensor([[1, 2, 3, 4], [4, 3, 2, 2]])], // prettier-ignore
    "linear",
  ],
  "nn.norms.inspectStatistics": ["module", () => [new nn.BatchNorm(2)]],
  "nn.norms.weightNorm": ["module options?", () => [new nn.Dense(2, 2), {}]],
  "nn.norms.centeredWeightNorm": ["module options?", () => [new nn.Dense(2, 2), {}]],
  "nn.norms.weightStandardization": ["module options?", () => [new nn.Dense(2, 2), {}]],
  "nn.norms.scaledWeightStandardization": ["module options?", () => [new nn.Dense(2, 2), {}]],
  "nn.norms.spectralNorm": ["module options?", () => [new nn.Dense(2, 2), {}]],
  "nn.norms.preconditioning": ["module options?", () => [new nn.Dense(2, 2), {}]],
  "nn.norms.precondition": ["module", () => [new nn.Dense(2, 2)]],
  "nn.norms.removePreconditioning": ["module", () => [nn.norms.preconditioning(new nn.Dense(2, 2))]],
  "nn.norms.removeWeightNorm": ["module", () => [nn.norms.weightNorm(new nn.Dense(2, 2))]],
  "nn.norms.removeCenteredWeightNorm": ["module", () => [nn.norms.centeredWeightNorm(new nn.Dense(2, 2))]],
  "nn.norms.removeWeightStandardization": ["module", () => [nn.norms.weightStandardization(new nn.Dense(2, 2))]],
  "nn.norms.removeScaledWeightStandardization": [
    "module",
    () => [nn.norms.scaledWeightStandardization(new nn.Dense(2, 2))],
  ],
  "nn.norms.removeSpectralNorm": ["module", () => [nn.norms.spectralNorm(new nn.Dense(2, 2))]],
  "nn.parametrizations.weightNorm": ["module options?", () => [new nn.Dense(2, 2), {}]],
  "nn.parametrizations.spectralNorm": ["module options?", () => [new nn.Dense(2, 2), {}]],
  "nn.parametrize.cached": ["function", () => [(): undefined => undefined]],
  "nn.parametrize.isParametrized": ["module word?", () => [new nn.Dense(2, 2), "weight"]],
  "nn.parametrize.registerParametrization": [
    "module word module options?",
    () => [new nn.Dense(2, 2), "weight", new nn.Tanh(), {}],
  ],
  "nn.parametrize.removeParametrizations": [
    "module word options?",
    () => [nn.parametrizations.weightNorm(new nn.Dense(2, 2)), "weight", {}],
  ],
  "nn.pruning.l1Unstructured": ["module number options?", () => [new nn.Dense(2, 2), 0.5, {}]],
  "nn.pruning.lnStructured": ["module number options?", () => [new nn.Dense(2, 2), 0.5, {}]],
  "nn.pruning.globalUnstructured": ["modules number options?", () => [[new nn.Dense(2, 2)], 0.5, {}]],
  "nn.pruning.fromMask": ["module tensor", () => [new nn.Dense(2, 2), ones([2, 2])]],
  "nn.pruning.remove": ["module", () => [nn.pruning.l1Unstructured(new nn.Dense(2, 2), 0.5)]],
  "nn.pruning.sparsity": ["module", () => [new nn.Dense(2, 2)]],
  "nn.pruning.gradualSparsity": ["number options", () => [1, { final: 0.5, end: 3 }]],
  "nn.pruning.layerEntropy": ["module", () => [new nn.BatchNorm(2)]],
  "nn.pruning.linearize": ["module word", () => [new nn.Sequential(new nn.BatchNorm(2), new nn.ReLU()), "0"]],
  "nn.fold": ["module", () => [new nn.Sequential(new nn.Dense(2, 2), new nn.BatchNorm(2))]],
  "nn.functionalCall": ["module state tensor...", () => [new nn.Dense(4, 4), { weight: weight() }, x()], "linear"],
  "nn.metrics.accuracy": ["tensor tensor options?", () => [x(), tensor([0, 1], { dtype: "int32" }), {}]],
  "nn.countParameters": ["module", () => [new nn.Dense(2, 2)]],
};
