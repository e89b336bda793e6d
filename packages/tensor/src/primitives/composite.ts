import type { AxesAttrs, AxisAttrs, NoAttrs } from "./primitive.ts";

/** How a filter or a window lies on the spatial axes: a number, or a pair of them, per axis each. */
export interface SpatialAttrs {
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** Elements before and after each axis. */
  readonly margins: readonly (readonly [low: number, high: number])[];
}
export interface ConvAttrs extends SpatialAttrs {
  readonly groups: number;
}
export interface ConvTransposeAttrs extends ConvAttrs {
  /** Elements added after each axis; margins are taken off. */
  readonly extra: readonly number[];
}
export interface PoolAttrs extends SpatialAttrs {
  readonly size: readonly number[];
}
export interface AvgPoolAttrs extends PoolAttrs {
  /** What sums are divided by: a number, the elements of the input in the window, or also those of the padding. */
  readonly divisor: number | "inside" | "padded";
}
export interface EpsAttrs {
  readonly eps: number;
}
export interface AlphaAttrs {
  readonly alpha: number;
}
/** What a recurrent layer repeats at every step. */
export type RecurrentCellAttrs =
  | { readonly kind: "lstm" }
  | { readonly kind: "gru"; readonly resetAfter: boolean }
  | { readonly kind: "rnn"; readonly activation: unknown };
export interface RecurrentAttrs {
  readonly cell: RecurrentCellAttrs;
  readonly layers: number;
  /** 1, or 2 where every layer also runs from the end to the start. */
  readonly directions: number;
  readonly hidden: number;
  /** Whether outputs are `[batch, time, ...]`. */
  readonly batchFirst: boolean;
}

/**
 * What is composed of primitives here and one operator elsewhere, with its attributes; the inputs stand beside it.
 * Whoever computes needs to know nothing of it: a composite is what its primitives are.
 */
export interface Composites {
  /** x `[..., in]`, weight `[out, in]`, bias */
  linear: NoAttrs;
  /** x `[N, C, ...]`, filters, bias */
  conv: ConvAttrs;
  /** x `[N, C, ...]`, filters, bias */
  convTranspose: ConvTransposeAttrs;
  /** x `[N, C, ...]` */
  maxPool: PoolAttrs;
  /** x `[N, C, ...]` */
  avgPool: AvgPoolAttrs;
  /** x `[N, C, ...]`, weight, bias, mean, variance */
  batchNorm: EpsAttrs;
  /** x `[N, C, ...]`, weight, bias */
  instanceNorm: EpsAttrs;
  /** x `[N, C, ...]`, weight, bias */
  groupNorm: EpsAttrs & { readonly groups: number };
  /** x, weight, bias */
  layerNorm: EpsAttrs & AxesAttrs;
  /** x, weight, bias */
  rmsNorm: EpsAttrs & AxesAttrs;
  /** x `[N, C, ...]` */
  localResponseNorm: { readonly size: number; readonly alpha: number; readonly beta: number; readonly k: number };
  mean: AxesAttrs & { readonly keepDims: boolean };
  softmax: AxisAttrs;
  logSoftmax: AxisAttrs;
  celu: AlphaAttrs;
  clip: { readonly min: number; readonly max: number };
  elu: AlphaAttrs;
  gelu: { readonly approximate: "none" | "tanh" };
  hardSigmoid: NoAttrs;
  hardSwish: NoAttrs;
  leakyRelu: AlphaAttrs;
  mish: NoAttrs;
  /** x, and a slope that broadcasts to it */
  prelu: NoAttrs;
  selu: AlphaAttrs & { readonly gamma: number };
  softplus: { readonly beta: number; readonly threshold: number };
  softsign: NoAttrs;
  /** x, index `[n]` */
  indexSelect: AxisAttrs;
  /** index, table `[rows, features]` */
  embedding: NoAttrs;
  /**
   * x `[time, batch, in]`, h and where there is one c before, `[layers · directions, batch, hidden]` each; weights of the
   * input and of the state and two biases for every layer and direction. Outputs, h and c after.
   */
  recurrent: RecurrentAttrs;
}

/** Name of a composite. */
export type CompositeName = keyof Composites;
