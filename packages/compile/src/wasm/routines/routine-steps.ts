import type { ModuleBuilder } from "@tapegrad/simd";
import type { Value } from "../../graph/graph.ts";
import { type Code, type Fallback, loopStep, type Scratch, type Step } from "../step.ts";
import { defineRoutine } from "./define-routine.ts";
import type { PlannedRoutine } from "./planned-routine.ts";
import type { RoutineCode } from "./routine-code.ts";

interface RoutineOptions {
  readonly addressOf: (value: Value) => number;
  /** Whether there is one thread. */
  readonly isAlone: boolean;
  /** The kernel's number. */
  readonly index: number;
  readonly fallback: Fallback;
}

/** A kernel of its own as steps, one per phase. */
export function emitRoutineSteps(
  module: ModuleBuilder,
  kernel: PlannedRoutine,
  scratch: Scratch,
  { addressOf, isAlone, index, fallback }: RoutineOptions,
): Step[] {
  const code = kernel.code as RoutineCode;
  const fail = (f: Code): void => fallback.fail(f, index);
  const functions = defineRoutine(module, `kernel${index}`, code, { addressOf, shared: scratch.shared, fail });
  return code.phases.map(({ items }, phase) => {
    const isShared = items > 1 && kernel.split && !isAlone;
    return loopStep(module, { extent: items, step: 1 }, isShared, scratch, (f, turns, own) => {
      f.call(functions[phase]!, { ...turns, scratch: own });
      if (items === 1 || !kernel.split) fallback.leave?.(f, index);
    });
  });
}
