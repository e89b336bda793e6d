import type { DType, Tensor } from "@tapegrad/tensor";

/** A leaf whose gradient was read before it was written: whether it had one decides what the function does. */
export interface GradGuard {
  readonly leaf: Tensor;
  readonly present: boolean;
}

/** A captured tensor as the function saw it. */
export interface Captured {
  readonly tensor: Tensor;
  readonly dtype: DType;
  readonly requiresGrad: boolean;
}
