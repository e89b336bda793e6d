import { ones, type Tensor, tensor } from "../../src/index.ts";
import { index, layers, options, pair, x } from "./layer-makers.ts";
import type { Rows } from "./rows.ts";

const signs = (): Tensor => tensor([1, -1]);

/** Losses as layers. */
export const lossLayerRows: Rows = {
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
};
