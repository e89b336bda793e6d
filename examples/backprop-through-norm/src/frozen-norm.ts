import type { Tensor } from "tapegrad";

/** Which norm: the axis of its statistics, and whether it subtracts the mean. */
export interface NormKind {
  /** 0 for statistics over the batch, 1 for statistics over the features of a sample. */
  readonly axis: 0 | 1;
  /** Whether the mean is subtracted: BatchNorm and LayerNorm do, RMSNorm does not. */
  readonly center: boolean;
}

/** Which statistics to detach, that is, to treat as constants in the backward pass. */
export interface Frozen {
  readonly mean?: boolean;
  readonly deviation?: boolean;
}

/** A norm without scale and shift as a composition, with any of its statistics detached. The values are always right. */
export function frozenNorm(x: Tensor, kind: NormKind, eps: number, frozen: Frozen): Tensor {
  const over = { axis: kind.axis, keepDims: true } as const;
  const freeze = (tensor: Tensor, flag = false): Tensor => (flag ? tensor.detach() : tensor);
  const centred = kind.center ? x.sub(freeze(x.mean(over), frozen.mean)) : x;
  const rstd = centred.square().mean(over).add(eps).rsqrt();
  return centred.mul(freeze(rstd, frozen.deviation));
}
