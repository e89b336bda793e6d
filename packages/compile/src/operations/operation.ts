import type { AttrsOf, Expectation, PrimitiveName } from "@tapegrad/tensor/internal";

/** What the compiler adds to the primitives, with the attributes. */
export interface AddedOperations {
  /** A product of stacks of matrices, summed over axes of the stack, which are kept as 1: one longer contraction. */
  matmulSum: AttrsOf<"matmul"> & { readonly axes: readonly number[] };
  /** The same elements, in memory of their own. */
  copy: Readonly<Record<never, never>>;
  /** Fails the call unless every element is as expected; nothing else can. Has no output. */
  check: Expectation;
}

/** Every operation of a graph with its attributes: the primitives but `assign`, and what the compiler adds to them. */
export interface Operations extends Omit<{ [P in PrimitiveName]: AttrsOf<P> }, "assign">, AddedOperations {}

/** Name of an operation. */
export type OperationName = keyof Operations;

/** How an operation runs when nothing more is known about its operands. */
export type OperationKind =
  /** Element by element, so that loops can fuse it. */
  | "elementwise"
  /** Folds axes, which loops can do as well. */
  | "reduction"
  /** Elements of its first operand where the second says: loops can read them there. */
  | "gather"
  /** Sums of its third operand where the second says: loops can add to them, in their order. */
  | "scatter"
  /** The same elements under other indices: a view where strides can express it. */
  | "movement"
  /** A product of matrices. */
  | "contraction"
  /** Numbers that follow from the position alone: computed wherever they are needed. */
  | "positions"
  /** On whole arrays, by code of its own. */
  | "routine"
  /** Only throws, or does not. */
  | "check";

/** Everything that the compiler knows about an operation, whatever it is compiled to. */
export interface OperationRow {
  readonly kind: OperationKind;
  /**
   * What an element costs: `cheap` ones are computed again rather than read from memory, `moderate` ones once per
   * kernel, and the results of `dear` ones are kept between the passes of a kernel.
   */
  readonly cost: "cheap" | "moderate" | "dear";
  /**
   * Floating-point operations for each element that it gives, or takes if these are more; none for moves, conversions,
   * comparisons and choices.
   */
  readonly flops: number;
  /** Whether it relies on what the checks recorded before it have found, so that it must run after them. */
  readonly isTrusting: boolean;
  /** Whether its routine reads operands wherever their elements lie; others need them in order. */
  readonly readsViews: boolean;
  /** Outputs of up to so many elements are computed in advance where all operands are constant. */
  readonly foldsUpTo: number;
}
