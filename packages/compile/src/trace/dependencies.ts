import type { DType, Tensor } from "@tapegrad/tensor";

/** State that a trace depends on: a plan fits while every guard reads what it read then. */
export interface Guard {
  readonly read: () => unknown;
  readonly value: unknown;
}

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

/** State outside tensors that the function writes: done again after every call. */
export interface StateWrite {
  readonly redo: () => void;
  readonly undo: () => void;
}

/** What a traced function depends on and does, besides the values of its graph. */
export interface Dependencies {
  readonly guards: readonly Guard[];
  readonly gradGuards: readonly GradGuard[];
  readonly captured: readonly Captured[];
  readonly writes: readonly StateWrite[];
}
