/**
 * Every metric of predictions and targets, by its name.
 *
 * @module
 */
export {
  Accuracy as accuracy,
  BinaryAccuracy as binaryAccuracy,
  CategoricalAccuracy as categoricalAccuracy,
  SparseCategoricalAccuracy as sparseCategoricalAccuracy,
} from "./means/accuracies.ts";
export {
  MeanAbsoluteError as meanAbsoluteError,
  MeanSquaredError as meanSquaredError,
  RootMeanSquaredError as rootMeanSquaredError,
} from "./means/regression.ts";
