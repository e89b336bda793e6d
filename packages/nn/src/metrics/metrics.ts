/**
 * Measures of a model that are read and not trained by.
 *
 * @module
 */
export { accuracy, type AccuracyOptions } from "./accuracy.ts";
