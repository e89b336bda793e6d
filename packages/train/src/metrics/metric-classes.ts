/**
 * Every metric of predictions and targets, by its name.
 *
 * @module
 */
export {
  /** `ConfusionMatrix` of one batch. */
  ConfusionMatrix as confusionMatrix,
} from "./confusion/confusion-matrix.ts";
export {
  /** `BinaryIoU` of one batch. */
  BinaryIoU as binaryIoU,
  /** `IoU` of one batch. */
  IoU as iou,
  /** `MeanIoU` of one batch. */
  MeanIoU as meanIoU,
  /** `OneHotIoU` of one batch. */
  OneHotIoU as oneHotIoU,
  /** `OneHotMeanIoU` of one batch. */
  OneHotMeanIoU as oneHotMeanIoU,
} from "./confusion/iou.ts";
export {
  /** `Accuracy` of one batch. */
  Accuracy as accuracy,
  /** `BinaryAccuracy` of one batch. */
  BinaryAccuracy as binaryAccuracy,
  /** `CategoricalAccuracy` of one batch. */
  CategoricalAccuracy as categoricalAccuracy,
  /** `SparseCategoricalAccuracy` of one batch. */
  SparseCategoricalAccuracy as sparseCategoricalAccuracy,
  /** `SparseTopKCategoricalAccuracy` of one batch. */
  SparseTopKCategoricalAccuracy as sparseTopKCategoricalAccuracy,
  /** `TopKCategoricalAccuracy` of one batch. */
  TopKCategoricalAccuracy as topKCategoricalAccuracy,
} from "./means/accuracies.ts";
export {
  /** `ConcordanceCorrelation` of one batch. */
  ConcordanceCorrelation as concordanceCorrelation,
  /** `PearsonCorrelation` of one batch. */
  PearsonCorrelation as pearsonCorrelation,
} from "./means/correlations.ts";
export {
  /** `CosineSimilarity` of one batch. */
  CosineSimilarity as cosineSimilarity,
} from "./means/cosine-similarity.ts";
export {
  /** `CategoricalHinge` of one batch. */
  CategoricalHinge as categoricalHinge,
  /** `Hinge` of one batch. */
  Hinge as hinge,
  /** `SquaredHinge` of one batch. */
  SquaredHinge as squaredHinge,
} from "./means/hinges.ts";
export {
  /** `BinaryCrossentropy` of one batch. */
  BinaryCrossentropy as binaryCrossentropy,
  /** `CategoricalCrossentropy` of one batch. */
  CategoricalCrossentropy as categoricalCrossentropy,
  /** `KLDivergence` of one batch. */
  KLDivergence as klDivergence,
  /** `Poisson` of one batch. */
  Poisson as poisson,
  /** `SparseCategoricalCrossentropy` of one batch. */
  SparseCategoricalCrossentropy as sparseCategoricalCrossentropy,
} from "./means/probabilities.ts";
export {
  /** `LogCoshError` of one batch. */
  LogCoshError as logCoshError,
  /** `MeanAbsoluteError` of one batch. */
  MeanAbsoluteError as meanAbsoluteError,
  /** `MeanAbsolutePercentageError` of one batch. */
  MeanAbsolutePercentageError as meanAbsolutePercentageError,
  /** `MeanSquaredError` of one batch. */
  MeanSquaredError as meanSquaredError,
  /** `MeanSquaredLogarithmicError` of one batch. */
  MeanSquaredLogarithmicError as meanSquaredLogarithmicError,
  /** `RootMeanSquaredError` of one batch. */
  RootMeanSquaredError as rootMeanSquaredError,
} from "./means/regression.ts";
export {
  /** `F1Score` of one batch. */
  F1Score as f1Score,
  /** `FBetaScore` of one batch. */
  FBetaScore as fBetaScore,
} from "./scores/f-beta-score.ts";
export { /** `R2Score` of one batch. */ R2Score as r2Score } from "./scores/r2-score.ts";
export {
  /** `PrecisionAtRecall` of one batch. */
  PrecisionAtRecall as precisionAtRecall,
  /** `RecallAtPrecision` of one batch. */
  RecallAtPrecision as recallAtPrecision,
  /** `SensitivityAtSpecificity` of one batch. */
  SensitivityAtSpecificity as sensitivityAtSpecificity,
  /** `SpecificityAtSensitivity` of one batch. */
  SpecificityAtSensitivity as specificityAtSensitivity,
} from "./thresholds/at-constraint.ts";
export { /** `AUC` of one batch. */ AUC as auc } from "./thresholds/auc.ts";
export {
  /** `FalseNegatives` of one batch. */
  FalseNegatives as falseNegatives,
  /** `FalsePositives` of one batch. */
  FalsePositives as falsePositives,
  /** `TrueNegatives` of one batch. */
  TrueNegatives as trueNegatives,
  /** `TruePositives` of one batch. */
  TruePositives as truePositives,
} from "./thresholds/counts.ts";
export {
  /** `Precision` of one batch. */
  Precision as precision,
  /** `Recall` of one batch. */
  Recall as recall,
} from "./thresholds/precision.ts";
