import type { Operation } from "../graph/graph.ts";
import { operations } from "../operations/operations.ts";
import type { Target } from "../target.ts";
import { elements } from "./elements.ts";
import { WasmExecutable } from "./executable.ts";
import { expectWebAssembly } from "./expect-web-assembly.ts";
import { isLaneOperation } from "./loops/lane-operations.ts";
import { lower } from "./precision/lower.ts";

/** WebAssembly with SIMD, and with threads where they can share memory. */
export const wasmTarget: Target = {
  lower,
  canFuse,
  build: (schedule, options) => {
    expectWebAssembly();
    return new WasmExecutable(schedule, options);
  },
};

/** Products are of floats, loops fold floats and int32, and hold besides what lanes can compute. */
function canFuse(operation: Operation): boolean {
  const { dtype } = operation.outputs[0]!;
  const { kind } = operations[operation.name];
  const { floats, folds } = elements[dtype];
  if (kind === "contraction") return floats !== undefined;
  return kind === "reduction" ? folds !== undefined : isLaneOperation(operation);
}
