export type { DType, FloatDType, TypedArray } from "./dtype.ts";
export * as distributions from "./distributions/distributions.ts";
export { CompileError, DTypeError, FormatError, GradError, ShapeError, TapegradError, ValueError } from "./errors.ts";
export { assignAt } from "./functions/assign-at.ts";
export {
  arange,
  type CreationOptions,
  eye,
  full,
  fullLike,
  linspace,
  ones,
  onesLike,
  tensor,
  type TensorOptions,
  zeros,
  zerosLike,
} from "./functions/creation.ts";
export type { ArrayData, NestedData } from "./functions/flat-data.ts";
export { einsum } from "./functions/einsum.ts";
export { cat, chunk, split, stack } from "./functions/joining.ts";
export { dot, outer } from "./functions/products.ts";
export { oneHot, sort, type SortOptions, topk, type TopKOptions, tril, triu, where } from "./functions/selection.ts";
export { categorical, type CategoricalOptions } from "./random/categorical.ts";
export { multinomial, type MultinomialOptions } from "./random/multinomial.ts";
export {
  bernoulli,
  type BernoulliOptions,
  type DrawOptions,
  rand,
  randint,
  randn,
  type RandomOptions,
  randperm,
} from "./random/distributions.ts";
export { defaultGenerator, Generator, type GeneratorState, manualSeed } from "./random/generator.ts";
export type { HookHandle } from "./hook-handle.ts";
export type { Shape } from "./shape.ts";
export type { Stateful } from "./stateful.ts";
export type { Operand } from "./tensor/arithmetic-methods.ts";
export type { AtPosition } from "./tensor/at.ts";
export type { GradHook, PostAccumulateGradHook } from "./tensor/grad-hooks.ts";
export { nonzero } from "./tensor/nonzero.ts";
export type { PadMode, PadOptions } from "./tensor/pad.ts";
export type { ArrayOfRank, ExtentsOfRank, NestedNumbers, Ranks } from "./tensor/rank.ts";
export type { ArgOptions, NormOptions, ReduceOptions, VarianceOptions } from "./tensor/reduction-methods.ts";
export type { SliceRange } from "./tensor/slice-range.ts";
export { assign, type BackwardOptions, Tensor } from "./tensor/tensor.ts";
export type { TensorJSON } from "./tensor/tensor-json.ts";
export type { AnyResult, TensorFunction, TensorPerInput, Tensors, TensorTuple } from "./tensor/tensor-tuple.ts";
