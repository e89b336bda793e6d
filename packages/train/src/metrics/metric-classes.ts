/**
 * Every metric of predictions and targets, by its name.
 *
 * @module
 */
export { ConfusionMatrix as confusionMatrix } from "./confusion/confusion-matrix.ts";
export {
  BinaryIoU as binaryIoU,
  IoU as iou,
  MeanIoU as meanIoU,
  OneHotIoU as oneHotIoU,
  OneHotMeanIoU as oneHotMeanIoU,
} from "./confusion/iou.ts";
export {
  Accuracy as accuracy,
  BinaryAccuracy as binaryAccuracy,
  CategoricalAccuracy as categoricalAccuracy,
  SparseCategoricalAccuracy as sparseCategoricalAccuracy,
  SparseTopKCategoricalAccuracy as sparseTopKCategoricalAccuracy,
  TopKCategoricalAccuracy as topKCategoricalAccuracy,
} from "./means/accuracies.ts";
export {
  ConcordanceCorrelation as concordanceCorrelation,
  PearsonCorrelation as pearsonCorrelation,
} from "./means/correlations.ts";
export { CosineSimilarity as cosineSimilarity } from "./means/cosine-similarity.ts";
export { CategoricalHinge as categoricalHinge, Hinge as hinge, SquaredHinge as squaredHinge } from "./means/hinges.ts";
export {
  BinaryCrossentropy as binaryCrossentropy,
  CategoricalCrossentropy as categoricalCrossentropy,
  KLDivergence as klDivergence,
  Poisson as poisson,
  SparseCategoricalCrossentropy as sparseCategoricalCrossentropy,
} from "./means/probabilities.ts";
export {
  LogCoshError as logCoshError,
  MeanAbsoluteError as meanAbsoluteError,
  MeanAbsolutePercentageError as meanAbsolutePercentageError,
  MeanSquaredError as meanSquaredError,
  MeanSquaredLogarithmicError as meanSquaredLogarithmicError,
  RootMeanSquaredError as rootMeanSquaredError,
} from "./means/regression.ts";
export { F1Score as f1Score, FBetaScore as fBetaScore } from "./scores/f-beta-score.ts";
export { R2Score as r2Score } from "./scores/r2-score.ts";
export {
  PrecisionAtRecall as precisionAtRecall,
  RecallAtPrecision as recallAtPrecision,
  SensitivityAtSpecificity as sensitivityAtSpecificity,
  SpecificityAtSensitivity as specificityAtSensitivity,
} from "./thresholds/at-constraint.ts";
export { AUC as auc } from "./thresholds/auc.ts";
export {
  FalseNegatives as falseNegatives,
  FalsePositives as falsePositives,
  TrueNegatives as trueNegatives,
  TruePositives as truePositives,
} from "./thresholds/counts.ts";
export { Precision as precision, Recall as recall } from "./thresholds/precision.ts";
