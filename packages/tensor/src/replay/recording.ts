import type { DType } from "../dtype.ts";
import type { PrimitiveName } from "../primitives/primitive.ts";
import type { Cell } from "../tensor/cell.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** A value of a recording, by its number in it. */
export type ValueId = number;

/** A tensor with elements, the leaf whose gradient it is, or the number of an argument. */
export type ValueSource =
  | { readonly kind: "tensor"; readonly tensor: Tensor }
  | { readonly kind: "gradient"; readonly leaf: Tensor }
  | { readonly kind: "argument"; readonly index: number };

/** What is known of a value before it is computed, and where it is read unless an instruction computes it. */
export interface RecordedValue {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly source?: ValueSource;
}

/** An application of a primitive. */
export interface Application {
  readonly kind: "application";
  readonly name: PrimitiveName;
  readonly inputs: readonly ValueId[];
  readonly attrs: unknown;
  readonly outputs: readonly ValueId[];
}

/** An assignment. */
export interface Assignment {
  readonly kind: "assignment";
  readonly target: Tensor;
  readonly value: ValueId;
}

/** What a function has done to tensors, in order. */
export type Instruction = Application | Assignment;

/** A function of tensors as it ran once. */
export interface Recording {
  readonly values: readonly RecordedValue[];
  readonly instructions: readonly Instruction[];
  /** What it read in cells: it would do something else if they held other values. */
  readonly cells: ReadonlyMap<Cell<unknown>, unknown>;
}

/** Whether a value is one number. */
export function isScalar({ shape }: RecordedValue): boolean {
  return shape.length === 0;
}
