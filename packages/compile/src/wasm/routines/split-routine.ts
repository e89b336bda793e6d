import { sizeOf } from "@tapegrad/tensor/internal";
import type { RoutineKernel } from "../../schedule/kernel.ts";
import { leastElements } from "../loops/split.ts";
import type { RoutineCode } from "./routine-code.ts";

/** Whether sharing a routine among threads pays. */
export function splitsRoutine({ operation }: RoutineKernel, { phases }: RoutineCode): boolean {
  return phases.some(({ items }) => items > 1) && operation.outputs.some(({ shape }) => sizeOf(shape) >= leastElements);
}
