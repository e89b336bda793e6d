import type { Value } from "@tapegrad/compile/internal";
import type { Composites } from "@tapegrad/tensor/internal";

interface AlphaAttrs {
  readonly alpha: number;
}
interface NormAttrs {
  readonly axes: readonly number[];
  readonly eps: number;
}

/** What may be one operator in ONNX, with its attributes: composites, layers, and what primitives are recognised as. */
export interface Calls extends Composites {
  /** a, b, c */
  gemm: { readonly transposeA: boolean; readonly transposeB: boolean };
  /** x `[N, C, ...]`, mean, variance, weight, bias */
  batchNorm: { readonly eps: number };
  /** x, weight, bias */
  layerNorm: NormAttrs;
  /** x, weight, bias */
  rmsNorm: NormAttrs;
  mean: { readonly axes: readonly number[]; readonly keepDims: boolean };
  softmax: { readonly axis: number };
  logSoftmax: { readonly axis: number };
  /** x, index `[n]` */
  indexSelect: { readonly axis: number };
  celu: AlphaAttrs;
  clip: { readonly min: number; readonly max: number };
  elu: AlphaAttrs;
  gelu: { readonly approximate: "none" | "tanh" };
  hardSigmoid: Readonly<Record<never, never>>;
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
