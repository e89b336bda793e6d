/**
 * The engine room: what the packages of tapegrad need of each other and users do not. No promise of stability.
 *
 * @module
 */
export { ArrayPool, withArrayPool } from "./array-pool.ts";
export { changeCount } from "./changes.ts";
export {
  allocate,
  copyArray,
  dtypeOf,
  type DTypeRow,
  dtypes,
  isDType,
  isFloat,
  machineEpsilon,
  markMemory,
  promote,
} from "./dtype.ts";
export { iota } from "./functions/creation.ts";
export { checkFits } from "./functions/flat-data.ts";
export { settleState } from "./functions/settle-state.ts";
export { addHookTo, noHooks, removeHookFrom } from "./hook-handle.ts";
export { hasKernels, useReference } from "./kernels/kernels.ts";
export { expectNothing } from "./options/expect-nothing.ts";
export { expectState } from "./options/expect-state.ts";
export { isPlainObject } from "./options/is-plain-object.ts";
export {
  checkOptions,
  describeOptions,
  option,
  type Option,
  optional,
  type OptionTable,
  required,
  settleOptions,
} from "./options/option-table.ts";
export * as ranges from "./options/ranges.ts";
export { resolveName } from "./options/resolve-name.ts";
export { functionOrWord, type Word } from "./options/word.ts";
export { expectFunction, expectValue, formatValue, quoted, type ValueRange } from "./options/value-range.ts";
export { addTo, addToGathered, addToSlice } from "./kernels/accumulate.ts";
export type { CompositeName, Composites } from "./primitives/composite.ts";
export type {
  AttrsOf,
  AxisAttrs,
  BinarySignatures,
  ContractionSignatures,
  GenerationSignatures,
  IndexingSignatures,
  MovementSignatures,
  NoAttrs,
  OutputsOf,
  Primitive,
  PrimitiveName,
  Primitives,
  ReductionSignatures,
  Signatures,
  SliceAttrs,
  SoftmaxSignatures,
  StandardizingSignatures,
  UnarySignatures,
} from "./primitives/primitive.ts";
export { primitives } from "./primitives/primitives.ts";
export { philox } from "./primitives/philox.ts";
export { type ElementwiseFunction, elementwiseFunction } from "./replay/elementwise-function.ts";
export { Replay } from "./replay/replay.ts";
export {
  axisList,
  broadcastShapes,
  formatShape,
  keepDimsShape,
  latticeOf,
  normalizeAxes,
  normalizeAxis,
  sameShape,
  sizeOf,
  stridesOf,
} from "./shape.ts";
export { asFloat } from "./tensor/as-float.ts";
export { Cell } from "./tensor/cell.ts";
export { composite } from "./tensor/composite.ts";
export { compiledShape, isCompiledShape } from "./tensor/compiled-shape.ts";
export { convertStorage } from "./tensor/convert-storage.ts";
export type { LazyGrad } from "./tensor/lazy-grad.ts";
export { checkGrad } from "./tensor/check-grad.ts";
export { gradHooksOf } from "./tensor/grad-hooks.ts";
export { isLookupTable, markLookupTable } from "./tensor/lookup-tables.ts";
export { placeError, setErrorPlace } from "./tensor/error-place.ts";
export {
  type AnomalyDetector,
  GradNode,
  gradMode,
  needsNode,
  type Packer,
  type Pullback,
  type Unpack,
  withGradMode,
} from "./tensor/grad-node.ts";
export { expectOptionalTensor, expectTensor, expectTensors, notTensor, tensorsOf } from "./tensor/expect-tensor.ts";
export { expectNoTrace } from "./tensor/expect-no-trace.ts";
export { type Expectation, expectElements, firstUnexpected } from "./tensor/expect-elements.ts";
export { NullTracer, symbolicTensor } from "./tensor/null-tracer.ts";
export { isAt, notePlace, type Place, placeOf } from "./tensor/place.ts";
export { type Block, replaceArray, type Spec, type Storage } from "./storage.ts";
export { apply, attach, fromData, type GradEngine, installGradEngine, perform } from "./tensor/tensor.ts";
export { addUserLine, userLine, withLongStacks } from "./user-line.ts";
export { activeTracer, afterRun, isTracing, type Tracer, withTracer } from "./tensor/tracer.ts";
export { version } from "./version.ts";
export type { Bytes } from "@tapegrad/simd";
