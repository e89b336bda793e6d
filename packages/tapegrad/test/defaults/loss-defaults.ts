import { absent, type DefaultRow, type DefaultTable, unset } from "./default-table.ts";
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
  ...kerasLoss("diceLoss", "DiceLoss", { axis: overlap }, "Dice"),
  ...kerasLoss("tverskyLoss", "TverskyLoss", { alpha: [0.5, absent, 0.5], beta: [0.5, absent, 0.5], axis: overlap }, "Tversky"),
  ...kerasLoss("categoricalCrossEntropy", "CategoricalCrossEntropyLoss", { fromLogits, weight: [unset, absent, absent], labelSmoothing: [0, absent, 0], ignoreIndex: [-100, absent, unset] }, "CategoricalCrossentropy"),
  ...kerasLoss("binaryFocalCrossEntropy", "BinaryFocalCrossEntropyLoss", { ...focal, alpha: [unset, absent, unset] }, "BinaryFocalCrossentropy"),
  ...kerasLoss("categoricalFocalCrossEntropy", "CategoricalFocalCrossEntropyLoss", { ...focal, alpha: [0.25, absent, 0.25] }, "CategoricalFocalCrossentropy"),
  ...kerasLoss("generalizedCrossEntropy", "GeneralizedCrossEntropyLoss", { fromLogits, q: [0.5, absent, 0.5] }, "CategoricalGeneralizedCrossEntropy"),
}; // prettier-ignore

const mean: DefaultRow = ["mean", "mean", "sumOverBatchSize"];
const noKeras: DefaultRow = ["mean", "mean", absent];
const weight: DefaultRow = [unset, unset, absent];
/** Losses of PyTorch. */
const torchLosses: DefaultTable = {
  ...pair("l1Loss", "L1Loss", { reduction: mean }, ["l1_loss", "L1Loss"], "losses.MeanAbsoluteError"),
  ...pair("mseLoss", "MSELoss", { reduction: mean }, ["mse_loss", "MSELoss"], "losses.MeanSquaredError"),
  ...pair("huberLoss", "HuberLoss", { delta: [1, 1, 1], reduction: mean }, ["huber_loss", "HuberLoss"], "losses.Huber"),
  ...pair("smoothL1Loss", "SmoothL1Loss", { beta: [1, 1, absent], reduction: noKeras }, ["smooth_l1_loss", "SmoothL1Loss"]),
  ...pair("binaryCrossEntropy", "BCELoss", { weight, reduction: mean }, ["binary_cross_entropy", "BCELoss"], "losses.BinaryCrossentropy"),
  ...pair("binaryCrossEntropyWithLogits", "BCEWithLogitsLoss", { weight, posWeight: weight, reduction: mean },
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

/** All losses. */
export const losses: DefaultTable = { ...torchLosses, ...kerasLosses };
