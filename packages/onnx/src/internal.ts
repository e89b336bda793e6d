/**
 * The engine room: what the packages of tapegrad need of each other and users do not. No promise of stability.
 *
 * @module
 */
export { runModel, type RunOptions } from "./import/run-model.ts";
export type { AttributeProto } from "./model/model-proto.ts";
export { type Model, readModel } from "./model/read-model.ts";
export { readTensor } from "./model/to-tensor.ts";
export { findOperator } from "./operators/operators.ts";
