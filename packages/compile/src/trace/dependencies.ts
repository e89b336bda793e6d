import type { DType, Tensor } from "@tapegrad/tensor";
import type { Cell, Storage } from "@tapegrad/tensor/internal";
import type { FieldGuard, PlaceGuard } from "./watched-fields.ts";

/** A leaf whose gradient was read before it was written: whether it had one decides what the function does. */
export interface GradGuard {
  readonly leaf: Tensor;
  readonly present: boolean;
}

/** A captured tensor as the function saw it. */
export interface Captured {
  readonly tensor: Tensor;
  readonly dtype: DType;
}

/** What a traced function depends on and does, besides the values of its graph. */
export interface Dependencies {
  /** Cells that were read before they were written, with what they held: the plan fits while they hold it. */
  readonly cellGuards: readonly (readonly [Cell<unknown>, unknown])[];
  /** What the modules that ran hold in their fields, collections in them included. */
  readonly fieldGuards: readonly FieldGuard[];
  /** Where captured tensors and the modules that ran stand in others. */
  readonly placeGuards: readonly PlaceGuard[];
  /** Tensors whose elements were read, with their versions then. */
  readonly dataGuards: readonly (readonly [Storage, number])[];
  readonly gradGuards: readonly GradGuard[];
  /** Tensors of which it was read whether gradients flow to them, before that was changed. */
  readonly flagGuards: readonly (readonly [Tensor, boolean])[];
  readonly captured: readonly Captured[];
  /** Those of them that were leaves to differentiate by, which must not be arguments as well. */
  readonly leaves: ReadonlySet<Tensor>;
  /** Captured tensors that a call changes: none of the arguments may share their elements. */
  readonly changed: ReadonlySet<Storage>;
  /** Cells that were written, with what they hold after every call. */
  readonly cellWrites: readonly (readonly [Cell<unknown>, unknown])[];
  /** Tensors for which it was changed whether gradients flow to them, with what is so after every call. */
  readonly flagWrites: readonly (readonly [Tensor, boolean])[];
  /** The same for tensors among the arguments, by position. */
  readonly argumentFlags: readonly (readonly [index: number, flag: boolean])[];
  /** What is to run after every call. */
  readonly effects: readonly (() => void)[];
}
