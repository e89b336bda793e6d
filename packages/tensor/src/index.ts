export { allocate, checkDType, type DType, isDType, isFloat, promote, type TypedArray } from "./dtype.ts";
export {
  checkOptions,
  CompileError,
  DTypeError,
  FormatError,
  GradError,
  ShapeError,
  TapegradError,
  ValueError,
} from "./errors.ts";
export {
  arange,
  type CreationOptions,
  eye,
  full,
  fullLike,
  iota,
  linspace,
  type NestedData,
  ones,
  onesLike,
  tensor,
  type TensorOptions,
  zeros,
  zerosLike,
} from "./functions/creation.ts";
export { einsum } from "./functions/einsum.ts";
export { cat, chunk, split, stack } from "./functions/joining.ts";
export { dot, outer } from "./functions/products.ts";
export { oneHot, sort, type SortOptions, topk, type TopKOptions, tril, triu, where } from "./functions/selection.ts";
export type {
  AttrsOf,
  NoAttrs,
  OutputsOf,
  Primitive,
  PrimitiveName,
  Primitives,
  Signatures,
} from "./primitives/primitive.ts";
export { primitives } from "./primitives/primitives.ts";
export { bernoulli, rand, randint, randn, type RandomOptions, randperm } from "./random/distributions.ts";
export { defaultGenerator, Generator, manualSeed } from "./random/generator.ts";
export { philox } from "./random/philox.ts";
export {
  broadcastShapes,
  checkShape,
  dropAxes,
  formatShape,
  keepDimsShape,
  normalizeAxes,
  normalizeAxis,
  sameShape,
  type Shape,
  sizeOf,
  stridesOf,
} from "./shape.ts";
export { convertStorage, type NestedNumbers, type PendingGrad } from "./tensor/core.ts";
export type { Operand } from "./tensor/elementwise-methods.ts";
export { GradNode, gradMode, needsNode, type Pullback, withGradMode } from "./tensor/grad-node.ts";
export type { PadMode, PadOptions } from "./tensor/padded.ts";
export type { ArgOptions, NormOptions, ReduceOptions, VarianceOptions } from "./tensor/reduction-methods.ts";
export type { SliceRange } from "./tensor/slice-range.ts";
export type { Block, Spec, Storage } from "./tensor/storage.ts";
export {
  apply,
  assign,
  attach,
  type BackwardOptions,
  fromData,
  type GradEngine,
  installGradEngine,
  observeAssign,
  Tensor,
} from "./tensor/tensor.ts";
export { activeTracer, afterRun, isTracing, readState, type Tracer, withTracer, writeState } from "./tensor/tracer.ts";
