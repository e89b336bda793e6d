import { absent, type DefaultRow, type Defaults, type DefaultTable, required, unset } from "./default-table.ts";

type Rows = Defaults["options"];

const only = (ours: DefaultRow[0], keras: DefaultRow[2] = absent): DefaultRow => [ours, absent, keras];
const no = only(false);
const axis = only(-1, -1);
const thresholds = only(unset, unset);
const topK = only(unset, unset);
const classId = only(unset, unset);
const fromLogits = only(false, absent);

/** A metric of ours. */
const ours = (Class: string, name: string, options: Rows): DefaultTable => metric(Class, name, options, null);

/** A metric, with what it is called in logs and in Keras, and its update. */
function metric(Class: string, name: string, options: Rows = {}, keras: string | null = Class): DefaultTable {
  const of = keras === null ? {} : { keras: `metrics.${keras}` };
  const update = { sampleWeight: only(unset, keras === null ? absent : unset), mask: only(unset) };
  return {
    [`train.metrics.${Class}`]: { ...of, options: { ...options, name: only(name) } },
    [`train.metrics.${Class}.update`]: { ...of, options: update },
  };
}

const constraint = { numThresholds: only(200, 200), classId, fromLogits };
const crossentropy = { fromLogits: only(false, false), labelSmoothing: only(0, 0) };
const iou = (sparse: boolean): Rows => ({
  numClasses: only(required, required),
  ignoreClass: only(unset, unset),
  sparseTarget: sparse ? only(true, true) : no,
  sparsePredictions: only(sparse, sparse),
  axis: only(1, -1),
});
const ids = { targetClassIds: only(required, required) };
const f1 = { average: only(unset, unset), threshold: only(unset, unset) };

/** Metrics: PyTorch has none. */
export const metricDefaults: DefaultTable = {
  ...metric("AUC", "auc", {
    numThresholds: only(200, 200),
    curve: only("ROC", "ROC"),
    summationMethod: only("interpolation", "interpolation"),
    thresholds,
    multiLabel: only(false, false),
    numLabels: only(unset, unset),
    labelWeights: only(unset, unset),
    fromLogits: only(false, false),
  }),
  ...metric("Accuracy", "accuracy"),
  ...metric("BinaryAccuracy", "binaryAccuracy", { threshold: only(0.5, 0.5) }),
  ...metric("BinaryCrossentropy", "binaryCrossentropy", crossentropy),
  ...metric("BinaryIoU", "binaryIoU", { targetClassIds: only([0, 1], [0, 1]), threshold: only(0.5, 0.5) }),
  ...metric("CategoricalAccuracy", "categoricalAccuracy"),
  ...metric("CategoricalCrossentropy", "categoricalCrossentropy", crossentropy),
  ...metric("CategoricalHinge", "categoricalHinge"),
  ...metric("ConcordanceCorrelation", "concordanceCorrelation", { axis }),
  ...ours("ConfusionMatrix", "confusionMatrix", {
    numClasses: only(required),
    sparsePredictions: no,
    ignoreClass: only(unset),
    normalize: only(unset),
  }),
  ...metric("CosineSimilarity", "cosineSimilarity", { axis }),
  ...metric("F1Score", "f1Score", f1),
  ...metric("FBetaScore", "fBetaScore", { beta: only(1, 1), ...f1 }),
  ...metric("FalseNegatives", "falseNegatives", { thresholds, fromLogits }),
  ...metric("FalsePositives", "falsePositives", { thresholds, fromLogits }),
  ...metric("Hinge", "hinge"),
  ...metric("IoU", "iou", { ...ids, ...iou(true) }),
  ...metric("KLDivergence", "klDivergence"),
  ...metric("LogCoshError", "logCoshError"),
  ...metric("Mean", "mean"),
  ...metric("MeanAbsoluteError", "meanAbsoluteError"),
  ...metric("MeanAbsolutePercentageError", "meanAbsolutePercentageError"),
  ...metric("MeanIoU", "meanIoU", iou(true)),
  "train.metrics.MeanMetric": { keras: "metrics.MeanMetricWrapper", options: { name: only("meanMetric") } },
  ...metric("MeanSquaredError", "meanSquaredError"),
  ...metric("MeanSquaredLogarithmicError", "meanSquaredLogarithmicError"),
  ...metric("OneHotIoU", "oneHotIoU", { ...ids, ...iou(false) }),
  ...metric("OneHotMeanIoU", "oneHotMeanIoU", iou(false)),
  ...metric("PearsonCorrelation", "pearsonCorrelation", { axis }),
  ...metric("Poisson", "poisson"),
  ...metric("Precision", "precision", { thresholds, topK, classId, fromLogits }),
  ...metric("PrecisionAtRecall", "precisionAtRecall", { recall: only(required, required), ...constraint }),
  ...metric("R2Score", "r2Score", {
    classAggregation: only("uniformAverage", "uniformAverage"),
    numRegressors: only(0, 0),
  }),
  ...metric("Recall", "recall", { thresholds, topK, classId, fromLogits }),
  ...metric("RecallAtPrecision", "recallAtPrecision", { precision: only(required, required), ...constraint }),
  ...metric("RootMeanSquaredError", "rootMeanSquaredError"),
  ...metric("SensitivityAtSpecificity", "sensitivityAtSpecificity", {
    specificity: only(required, required),
    ...constraint,
  }),
  ...metric("SparseCategoricalAccuracy", "sparseCategoricalAccuracy"),
  ...metric("SparseCategoricalCrossentropy", "sparseCategoricalCrossentropy", {
    fromLogits: only(false, false),
    labelSmoothing: only(0),
  }),
  ...metric("SparseTopKCategoricalAccuracy", "sparseTopKCategoricalAccuracy", { k: only(5, 5) }),
  ...metric("SpecificityAtSensitivity", "specificityAtSensitivity", {
    sensitivity: only(required, required),
    ...constraint,
  }),
  ...metric("SquaredHinge", "squaredHinge"),
  ...metric("Sum", "sum"),
  ...metric("TopKCategoricalAccuracy", "topKCategoricalAccuracy", { k: only(5, 5) }),
  ...metric("TrueNegatives", "trueNegatives", { thresholds, fromLogits }),
  ...metric("TruePositives", "truePositives", { thresholds, fromLogits }),
};
