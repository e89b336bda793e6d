import { absent, type DefaultRow, type DefaultTable, unset } from "./default-table.ts";
import type { Rows } from "./layer-rows.ts";

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
export const kerasLosses: DefaultTable = {
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
