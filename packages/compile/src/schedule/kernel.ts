import type { Operation, Value } from "../graph/graph.ts";
import { operations } from "../operations/operations.ts";
import type { Band } from "./band.ts";
import type { KernelNode, LoopKernel } from "./loop-kernel.ts";
import type { MatrixOperand } from "./matrix-operand.ts";
import type { View } from "./view.ts";

/** A product of stacks of matrices. */
export interface MatmulKernel {
  readonly kind: "matmul";
  readonly operation: Operation;
  /** The operands with the two axes of the matrix last, already transposed where asked for. */
  readonly a: MatrixOperand;
  readonly b: MatrixOperand;
  /** Where the matrices of A are not zero, and where their products are needed; undefined of everywhere. */
  readonly bandA?: Band | undefined;
  readonly bandC?: Band | undefined;
  /** The product as the graph has it. */
  readonly product: Value;
  /** What is stored: the product, or what the epilogue or the folding makes of it. */
  readonly to: Value;
  /** Elementwise operations on the product, in which it is a load. */
  readonly epilogue?: KernelNode;
  /** `foldWindows` of the product, which a part of each matrix of the stack gives a part of. */
  readonly folding?: Operation<"foldWindows">;
}

/** An operation on whole arrays, which lie in memory in order unless its code reads views. */
export interface RoutineKernel {
  readonly kind: "routine";
  readonly operation: Operation;
  /** The values that hold the operands' elements. */
  readonly inputs: readonly Value[];
  /** How the operands see them. */
  readonly views: readonly View[];
  /** How many checks must have run before. */
  readonly checks: number;
}

/** What runs at a time: the units of a plan. */
export type Kernel = LoopKernel | MatmulKernel | RoutineKernel;
export type { LoopKernel };

/** Whether a kernel may throw: until the last of these has run, a call must leave captured state unchanged. */
export function isCheck(kernel: Kernel): boolean {
  return kernel.kind === "routine" && operations[kernel.operation.name].kind === "check";
}
