import type { FunctionBuilder, ModuleBuilder, Operand } from "@tapegrad/simd";
import type { Value } from "../../graph/graph.ts";
import type { RoutineKernel } from "../../schedule/kernel.ts";

/** Where the code of a phase is put, and what it may use. */
export interface RoutineScope {
  readonly module: ModuleBuilder;
  readonly f: FunctionBuilder<"void">;
  readonly addressOf: (value: Value) => number;
  /** The address of the memory that all phases and shares of the kernel have in common. */
  readonly shared: number;
  /** The address of memory that only this share uses. */
  readonly own: Operand<"i32">;
  /** The items of the phase that this share computes: from the first up to, but without, the second. */
  readonly from: Operand<"i32">;
  readonly to: Operand<"i32">;
  /** Lets the reference compute the operation, which then throws its error. */
  readonly fail: () => void;
}

/** A part of a kernel that starts when the one before has ended. */
export interface RoutinePhase {
  /** How many pieces of work there are, in any order, by any threads. A phase that can fail has one. */
  readonly items: number;
  readonly emit: (scope: RoutineScope) => void;
}

/** A kernel of its own as WebAssembly. */
export interface RoutineCode {
  readonly phases: readonly RoutinePhase[];
  /** Bytes of memory that the phases share. */
  readonly sharedBytes: number;
  /** Bytes of memory of each thread. */
  readonly ownBytes: number;
}

/** Gives the code for an operation, or nothing if it has none for these shapes and dtypes. */
export type RoutineEmitter = (kernel: RoutineKernel) => RoutineCode | undefined;

/** Code that needs no memory, but for what is given. */
export function routineCode(
  phases: readonly RoutinePhase[],
  rest: Partial<Omit<RoutineCode, "phases">> = {},
): RoutineCode {
  return { phases, sharedBytes: 0, ownBytes: 0, ...rest };
}
