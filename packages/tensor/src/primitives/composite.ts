import type { NoAttrs } from "./primitive.ts";

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
export interface LocalResponseNormAttrs {
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly k: number;
}
/** What a recurrent layer repeats at every step. */
export interface RecurrentCellAttrs {
  readonly kind: "lstm" | "gru" | "rnn";
  /** What bends values, and gates where there are any: words or functions. */
  readonly activation: unknown;
  readonly recurrentActivation?: unknown;
  /** Of a GRU: whether r multiplies the product. */
  readonly resetAfter?: boolean;
}
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
 * What is composed of primitives here in a way that hardly tells, and is one operator elsewhere: with its attributes, and
 * its inputs beside it. Whoever computes needs to know nothing of it: a composite is what its primitives are.
 */
export interface Composites {
  /** x `[N, C, ...]`, filters, bias */
  conv: ConvAttrs;
  /** x `[N, C, ...]`, filters, bias */
  convTranspose: ConvTransposeAttrs;
  /** x `[N, C, ...]` */
  maxPool: PoolAttrs;
  /** x `[N, C, ...]` */
  avgPool: AvgPoolAttrs;
  /** x `[N, C, ...]`, weight, bias */
  instanceNorm: { readonly eps: number };
  /** x `[N, C, ...]`, weight, bias */
  groupNorm: { readonly groups: number; readonly eps: number };
  /** x `[N, C, ...]` */
  localResponseNorm: LocalResponseNormAttrs;
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
