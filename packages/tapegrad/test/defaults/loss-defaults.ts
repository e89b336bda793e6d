import { absent, type DefaultRow, type DefaultTable, only, unset } from "./default-table.ts";
import { pair, type Rows } from "./layer-rows.ts";

const ofKeras: DefaultRow = ["mean", absent, "sumOverBatchSize"];
const fromLogits: DefaultRow = [false, absent, false];
const overlap: DefaultRow = [unset, absent, unset];
const focal: Rows = { fromLogits, gamma: [2, absent, 2] };

/** A loss that Keras has and PyTorch has not, and its layer. */
function kerasLoss(fn: string, layer: string, options: Rows, keras: string): DefaultTable {
  const row = { keras: `losses.${keras}`, options: { ...options, reduction: ofKeras } };
  return { [`nn.functional.${fn}`]: row, [`nn.${layer}`]: row };
}

/** Losses that Keras has and PyTorch has not. */
const kerasLosses: DefaultTable = {
  ...kerasLoss("hingeLoss", "HingeLoss", {}, "Hinge"),
  ...kerasLoss("squaredHingeLoss", "SquaredHingeLoss", {}, "SquaredHinge"),
  ...kerasLoss("categoricalHingeLoss", "CategoricalHingeLoss", {}, "CategoricalHinge"),
  ...kerasLoss("logCoshLoss", "LogCoshLoss", {}, "LogCosh"),
  ...kerasLoss("mapeLoss", "MAPELoss", {}, "MeanAbsolutePercentageError"),
  ...kerasLoss("msleLoss", "MSLELoss", {}, "MeanSquaredLogarithmicError"),
  ...kerasLoss("poissonLoss", "PoissonLoss", {}, "Poisson"),
  ...kerasLoss("klDivergenceLoss", "KLDivergenceLoss", {}, "KLDivergence"),
  ...kerasLoss("cosineSimilarityLoss", "CosineSimilarityLoss", { axis: [-1, absent, -1] }, "CosineSimilarity"),
  ...kerasLoss("diceLoss", "DiceLoss", { smooth: [1e-7, absent, absent], axis: overlap }, "Dice"),
  ...kerasLoss("tverskyLoss", "TverskyLoss", { alpha: [0.5, absent, 0.5], beta: [0.5, absent, 0.5], smooth: [1e-7, absent, absent], axis: overlap }, "Tversky"),
  ...kerasLoss("circleLoss", "CircleLoss", { refEmbeddings: [unset, absent, unset], refLabels: [unset, absent, unset], removeDiagonal: [true, absent, true], gamma: [80, absent, 80], margin: [0.4, absent, 0.4] }, "Circle"),
  ...kerasLoss("categoricalCrossEntropy", "CategoricalCrossEntropyLoss", { fromLogits, weight: [unset, absent, absent], labelSmoothing: [0, absent, 0], ignoreIndex: [-100, absent, unset] }, "CategoricalCrossentropy"),
  ...kerasLoss("binaryFocalCrossEntropy", "BinaryFocalCrossEntropyLoss", { ...focal, alpha: [unset, absent, unset] }, "BinaryFocalCrossentropy"),
  ...kerasLoss("categoricalFocalCrossEntropy", "CategoricalFocalCrossEntropyLoss", { ...focal, alpha: [0.25, absent, 0.25] }, "CategoricalFocalCrossentropy"),
  ...kerasLoss("generalizedCrossEntropy", "GeneralizedCrossEntropyLoss", { fromLogits, q: [0.5, absent, 0.5] }, "CategoricalGeneralizedCrossEntropy"),
}; // prettier-ignore

const mean: DefaultRow = ["mean", "mean", "sumOverBatchSize"];
const noKeras: DefaultRow = ["mean", "mean", absent];
const weight: DefaultRow = [unset, unset, absent];
const labelSmoothing: DefaultRow = [0, absent, 0];
/** Losses of PyTorch. */
const torchLosses: DefaultTable = {
  ...pair("l1Loss", "L1Loss", { weight, reduction: mean }, ["l1_loss", "L1Loss"], "losses.MeanAbsoluteError"),
  ...pair("mseLoss", "MSELoss", { weight, reduction: mean }, ["mse_loss", "MSELoss"], "losses.MeanSquaredError"),
  ...pair("huberLoss", "HuberLoss", { delta: [1, 1, 1], weight, reduction: mean }, ["huber_loss", "HuberLoss"], "losses.Huber"),
  ...pair("smoothL1Loss", "SmoothL1Loss", { beta: [1, 1, absent], reduction: noKeras }, ["smooth_l1_loss", "SmoothL1Loss"]),
  ...pair("binaryCrossEntropy", "BCELoss", { weight, labelSmoothing, reduction: mean }, ["binary_cross_entropy", "BCELoss"], "losses.BinaryCrossentropy"),
  ...pair("binaryCrossEntropyWithLogits", "BCEWithLogitsLoss", { weight, posWeight: weight, labelSmoothing, reduction: mean },
    ["binary_cross_entropy_with_logits", "BCEWithLogitsLoss"], "losses.BinaryCrossentropy"),
  ...pair("klDivLoss", "KLDivLoss", { logTarget: [false, false, absent], reduction: mean }, ["kl_div", "KLDivLoss"], "losses.KLDivergence"),
  ...pair("poissonNllLoss", "PoissonNLLLoss",
    { logInput: [true, true, absent], full: [false, false, absent], eps: [1e-8, 1e-8, absent], reduction: mean },
    ["poisson_nll_loss", "PoissonNLLLoss"], "losses.Poisson"),
  ...pair("hingeEmbeddingLoss", "HingeEmbeddingLoss", { margin: [1, 1, absent], reduction: noKeras },
    ["hinge_embedding_loss", "HingeEmbeddingLoss"]),
  ...pair("crossEntropy", "CrossEntropyLoss",
    { weight, labelSmoothing: [0, 0, 0], ignoreIndex: [-100, -100, unset], reduction: mean },
    ["cross_entropy", "CrossEntropyLoss"], "losses.CategoricalCrossentropy"),
  ...pair("nllLoss", "NLLLoss", { weight, ignoreIndex: [-100, -100, absent], reduction: noKeras }, ["nll_loss", "NLLLoss"]),
  ...pair("multiMarginLoss", "MultiMarginLoss", { p: [1, 1, absent], margin: [1, 1, absent], weight, reduction: noKeras }, ["multi_margin_loss", "MultiMarginLoss"]),
  ...pair("multilabelMarginLoss", "MultiLabelMarginLoss", { reduction: noKeras }, ["multilabel_margin_loss", "MultiLabelMarginLoss"]),
  ...pair("multilabelSoftMarginLoss", "MultiLabelSoftMarginLoss", { weight, reduction: noKeras }, ["multilabel_soft_margin_loss", "MultiLabelSoftMarginLoss"]),
  ...pair("softMarginLoss", "SoftMarginLoss", { reduction: noKeras }, ["soft_margin_loss", "SoftMarginLoss"]),
  ...pair("tripletMarginLoss", "TripletMarginLoss",
    { margin: [1, 1, absent], p: [2, 2, absent], eps: [1e-6, 1e-6, absent], swap: [false, false, absent], reduction: noKeras },
    ["triplet_margin_loss", "TripletMarginLoss"]),
  ...pair("tripletMarginWithDistanceLoss", "TripletMarginWithDistanceLoss",
    { distanceFunction: [unset, unset, absent], margin: [1, 1, absent], swap: [false, false, absent], reduction: noKeras },
    ["triplet_margin_with_distance_loss", "TripletMarginWithDistanceLoss"]),
  ...pair("marginRankingLoss", "MarginRankingLoss", { margin: [0, 0, absent], reduction: noKeras },
    ["margin_ranking_loss", "MarginRankingLoss"]),
  ...pair("ctcLoss", "CTCLoss", { blank: [0, 0, absent], zeroInfinity: [false, false, absent], reduction: mean }, ["ctc_loss", "CTCLoss"],
    "losses.CTC"),
  ...pair("cosineSimilarity", "CosineSimilarity", { axis: [1, 1, absent], eps: [1e-8, 1e-8, absent] }, ["cosine_similarity", "CosineSimilarity"]),
  ...pair("pairwiseDistance", "PairwiseDistance", { p: [2, 2, absent], eps: [1e-6, 1e-6, absent], keepDims: [false, false, absent] },
    ["pairwise_distance", "PairwiseDistance"]),
  ...pair("cosineEmbeddingLoss", "CosineEmbeddingLoss", { margin: [0, 0, absent], reduction: noKeras },
    ["cosine_embedding_loss", "CosineEmbeddingLoss"]),
  ...pair("gaussianNllLoss", "GaussianNLLLoss", { full: [false, false, absent], eps: [1e-6, 1e-6, absent], reduction: noKeras },
    ["gaussian_nll_loss", "GaussianNLLLoss"]),
}; // prettier-ignore

const ofOptax: DefaultTable = Object.fromEntries(
  (
    [
      ["generalizedKlDivergenceLoss", "GeneralizedKLDivergenceLoss"],
      ["multiclassHingeLoss", "MulticlassHingeLoss"],
      ["multiclassPerceptronLoss", "MulticlassPerceptronLoss"],
      ["multiclassSparsemaxLoss", "MulticlassSparsemaxLoss"],
      ["ntXentLoss", "NTXentLoss", { temperature: 0.07 }],
      ["perceptronLoss", "PerceptronLoss"],
      ["polyCrossEntropy", "PolyCrossEntropyLoss", { epsilon: 2 }],
      ["sparsemaxLoss", "SparsemaxLoss"],
      ["styleLoss", "StyleLoss"],
    ] as const
  ).flatMap(([fn, layer, options = {}]) =>
    [`functional.${fn}`, layer].map(
      (name) => [`nn.${name}`, { options: only({ ...options, reduction: "mean" }) }] as const,
    ),
  ),
);

/** Losses that neither has. */
const otherLosses: DefaultTable = {
  ...ofOptax,
  "nn.functional.reduceLosses": { options: only({ weight: unset, reduction: "mean" }) },
  "nn.functional.smoothLabels": { options: only({ axis: -1 }) },
};

/** All losses. */
export const losses: DefaultTable = { ...torchLosses, ...kerasLosses, ...otherLosses };
