import type { FunctionBuilder, FunctionRef, ModuleBuilder } from "@tapegrad/simd";
import type { Value } from "../../graph/graph.ts";
import type { RoutineCode } from "./routine-code.ts";

const signature = { params: { from: "i32", to: "i32", scratch: "i32" }, result: "void" } as const;

/** Runs a part of a phase's items, with scratch memory of its own. */
export type PhaseFunction = FunctionRef<(typeof signature)["params"], "void">;

/** What the phases of a kernel use. */
export interface RoutinePlaces {
  readonly addressOf: (value: Value) => number;
  /** The address of the memory that the phases share. */
  readonly shared: number;
  /** Calls the reference, which throws its error. */
  readonly fail: (f: FunctionBuilder<"void">) => void;
}

/** Defines the functions of a kernel, one per phase; each is complete before the next starts. */
export function defineRoutine(
  module: ModuleBuilder,
  name: string,
  { phases }: RoutineCode,
  { addressOf, shared, fail }: RoutinePlaces,
): PhaseFunction[] {
  return phases.map(({ emit }, i) =>
    module.function(`${name} ${i}`, signature, (f, { from, to, scratch }) =>
      emit({ module, f, addressOf, shared, own: scratch, from, to, fail: () => fail(f) }),
    ),
  );
}
