import type { Value } from "@tapegrad/compile/internal";
import type * as nn from "@tapegrad/nn";
import type { Composites } from "@tapegrad/tensor/internal";

interface AlphaAttrs {
  readonly alpha: number;
}
interface NormAttrs {
  readonly axes: readonly number[];
  readonly eps: number;
}

/** What a recurrent layer repeats, and how. */
export interface RecurrentAttrs {
  readonly kind: "lstm" | "gru" | "rnn";
  /** What bends values, and gates where there are any: words or functions. */
  readonly activation: unknown;
  readonly recurrentActivation?: unknown;
  /** Of a GRU: whether r multiplies the product. */
  readonly resetAfter?: boolean;
  readonly layers: number;
  /** 1, or 2 where every layer also runs from the end to the start. */
  readonly directions: number;
  readonly hidden: number;
  /** Whether x and the outputs are `[batch, time, ...]`. */
  readonly batchFirst: boolean;
}

/** What may be one operator in ONNX, with its attributes: composites, layers, and what primitives are recognised as. */
export interface Calls extends Composites {
  /** a, b, c */
  gemm: { readonly transposeA: boolean; readonly transposeB: boolean };
  /** x `[N, C, ...]`, mean, variance, weight, bias */
  batchNorm: { readonly eps: number };
  /** x `[N, C, ...]`, weight, bias */
  instanceNorm: { readonly eps: number };
  /** x `[N, C, ...]`, weight, bias */
  groupNorm: { readonly groups: number; readonly eps: number };
  /** x `[N, C, ...]` */
  localResponseNorm: { readonly size: number; readonly alpha: number; readonly beta: number; readonly k: number };
  /** x, weight, bias */
  layerNorm: NormAttrs;
  /** x, weight, bias */
  rmsNorm: NormAttrs;
  /** x `[N, C, H, W]` */
  depthToSpace: { readonly factor: number };
  /** x */
  extend: { readonly mode: "reflect" | "replicate"; readonly padding: nn.Widths };
  mean: { readonly axes: readonly number[]; readonly keepDims: boolean };
  /** index, table `[rows, features]` */
  embedding: Readonly<Record<never, never>>;
  /**
   * x as the layer takes it; h and where there is one c before, if they are given; weights of the input and of the state
   * and two biases for every layer and direction. Outputs, h and c after.
   */
  recurrent: RecurrentAttrs;
  /** x, index `[n]` */
  indexSelect: { readonly axis: number };
  celu: AlphaAttrs;
  clip: { readonly min: number; readonly max: number };
  elu: AlphaAttrs;
  gelu: { readonly approximate: "none" | "tanh" };
  hardSigmoid: { readonly alpha: number; readonly beta: number };
  hardSwish: Readonly<Record<never, never>>;
  leakyRelu: AlphaAttrs;
  mish: Readonly<Record<never, never>>;
  /** x, slopes: one, or one per channel */
  prelu: Readonly<Record<never, never>>;
  selu: Readonly<Record<never, never>>;
  softplus: { readonly beta: number; readonly threshold: number };
  softsign: Readonly<Record<never, never>>;
}

/** Name of a call. */
export type CallName = keyof Calls;

/** A call that ran: all that lies between its inputs and its outputs are its primitives. */
export interface Call<C extends CallName = CallName> {
  readonly name: C;
  readonly inputs: readonly (Value | undefined)[];
  readonly attrs: Calls[C];
  readonly outputs: readonly Value[];
}
