import type { DType, TypedArray } from "../dtype.ts";
import type { Block, Spec } from "../storage.ts";

/** A primitive without attributes. */
export type NoAttrs = Readonly<Record<never, never>>;
export interface AxesAttrs {
  readonly axes: readonly number[];
}
export interface AxisAttrs {
  readonly axis: number;
}
export interface ShapeAttrs {
  readonly shape: readonly number[];
}
export interface CumsumAttrs extends AxisAttrs {
  /** Sum from the end instead of from the start. */
  readonly reverse: boolean;
}
export interface ArgsortAttrs extends AxisAttrs {
  readonly descending: boolean;
}
export interface SliceAttrs {
  readonly start: readonly number[];
  readonly size: readonly number[];
  /** Distance between taken elements, at least 1. */
  readonly step: readonly number[];
}
export interface PadAttrs {
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Elements inserted between neighbours. */
  readonly interior: readonly number[];
  readonly value: number;
}
export interface MatmulAttrs {
  /** Swap the last two axes of the first operand. */
  readonly transposeA: boolean;
  /** Swap the last two axes of the second operand. */
  readonly transposeB: boolean;
}
export interface WindowsAttrs {
  readonly axes: readonly number[];
  readonly size: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
}
export interface FoldWindowsAttrs extends WindowsAttrs {
  /** Shape of the tensor that the windows were taken from. */
  readonly shape: readonly number[];
}
export interface MaximaAttrs {
  /** Extents of a window along the last axes, as many as there are. */
  readonly size: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** How far windows reach beyond both ends of each axis. */
  readonly margins: readonly (readonly [before: number, after: number])[];
}
export interface StandardizeAttrs extends AxesAttrs {
  /** Added to the second moment inside the root. */
  readonly eps: number;
  /** Subtract the mean first. */
  readonly center: boolean;
}
export interface SoftmaxAttrs extends AxesAttrs {
  /**
   * Whether −∞ is what a mask has hidden: softmax is 0 there, whatever else there is, and where nothing else is its logarithm
   * is −∞, instead of NaN.
   */
  readonly masked: boolean;
}
export interface IotaAttrs extends ShapeAttrs, AxisAttrs {
  readonly dtype: DType;
}
export interface RandomBitsAttrs extends ShapeAttrs {
  readonly key: readonly [number, number];
  /** Each value lies in [0, 2^bits); 1 to 31. */
  readonly bits: number;
}

/** Functions of one element, with their attributes. */
export interface UnarySignatures {
  neg: NoAttrs;
  abs: NoAttrs;
  sign: NoAttrs;
  exp: NoAttrs;
  expm1: NoAttrs;
  log: NoAttrs;
  log1p: NoAttrs;
  sqrt: NoAttrs;
  rsqrt: NoAttrs;
  reciprocal: NoAttrs;
  square: NoAttrs;
  sin: NoAttrs;
  cos: NoAttrs;
  atan: NoAttrs;
  tanh: NoAttrs;
  sigmoid: NoAttrs;
  erf: NoAttrs;
  erfc: NoAttrs;
  relu: NoAttrs;
  floor: NoAttrs;
  ceil: NoAttrs;
  round: NoAttrs;
  logicalNot: NoAttrs;
  cast: { readonly dtype: DType };
}

/** Functions of two elements (`where`: of three) that broadcast. */
export interface BinarySignatures {
  add: NoAttrs;
  sub: NoAttrs;
  mul: NoAttrs;
  div: NoAttrs;
  pow: NoAttrs;
  maximum: NoAttrs;
  minimum: NoAttrs;
  remainder: NoAttrs;
  eq: NoAttrs;
  ne: NoAttrs;
  lt: NoAttrs;
  le: NoAttrs;
  gt: NoAttrs;
  ge: NoAttrs;
  logicalAnd: NoAttrs;
  logicalOr: NoAttrs;
  where: NoAttrs;
}

/** What is done along axes; reduced axes stay, with extent 1. */
export interface ReductionSignatures {
  sum: AxesAttrs;
  prod: AxesAttrs;
  max: AxesAttrs;
  min: AxesAttrs;
  argmax: AxisAttrs;
  argmin: AxisAttrs;
  cumsum: CumsumAttrs;
  argsort: ArgsortAttrs;
}

/** What only moves elements. */
export interface MovementSignatures {
  reshape: ShapeAttrs;
  permute: AxesAttrs;
  broadcastTo: ShapeAttrs;
  slice: SliceAttrs;
  flip: AxesAttrs;
  pad: PadAttrs;
  concat: AxisAttrs;
  windows: WindowsAttrs;
  foldWindows: FoldWindowsAttrs;
}

/** Products. */
export interface ContractionSignatures {
  matmul: MatmulAttrs;
}

/** Reading and writing by an index, or where windows have their maxima. */
export interface IndexingSignatures {
  gather: AxisAttrs;
  scatterAdd: AxisAttrs;
  gatherMaxima: MaximaAttrs;
  scatterMaxima: MaximaAttrs;
}

/** What stands under every norm of activations. */
export interface StandardizingSignatures {
  standardize: StandardizeAttrs;
  standardizeGrad: StandardizeAttrs;
}

/** Shares of a whole, and their logarithms. */
export interface SoftmaxSignatures {
  softmax: SoftmaxAttrs;
  logSoftmax: SoftmaxAttrs;
}

/** What makes elements, and `assign`, which overwrites them. */
export interface GenerationSignatures {
  iota: IotaAttrs;
  randomBits: RandomBitsAttrs;
  assign: NoAttrs;
}

/** The closed set of primitives with their attributes. Every table of every package is keyed by it. */
export interface Signatures
  extends
    UnarySignatures,
    BinarySignatures,
    ReductionSignatures,
    MovementSignatures,
    ContractionSignatures,
    IndexingSignatures,
    StandardizingSignatures,
    SoftmaxSignatures,
    GenerationSignatures {}

/** Name of a primitive. */
export type PrimitiveName = keyof Signatures;

/** Attributes of a primitive. */
export type AttrsOf<P extends PrimitiveName> = Signatures[P];

/** `OutputsOf<P, T>`: as many `T` as the primitive has outputs. */
export type OutputsOf<P extends PrimitiveName, T> = P extends "standardize" ? readonly [T, T] : readonly [T];

/** A primitive: its shape and dtype rule, and its reference kernel. */
export interface Primitive<Attrs> {
  /** Shape and dtype of every output; throws a typed error when the inputs do not fit. */
  readonly infer: (inputs: readonly Spec[], attrs: Attrs) => readonly Spec[];
  /** The elements of every output. May return an input's own array where nothing changes. */
  readonly evaluate: (inputs: readonly Block[], attrs: Attrs, outputs: readonly Spec[]) => readonly TypedArray[];
}

/** One primitive per name. */
export type Primitives = { readonly [P in PrimitiveName]: Primitive<Signatures[P]> };
