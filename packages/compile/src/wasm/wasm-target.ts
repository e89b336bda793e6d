import { constantScalar } from "../graph/constants.ts";
import type { Operation } from "../graph/graph.ts";
import type { Operations } from "../operations/operation.ts";
import { operations } from "../operations/operations.ts";
import type { Target } from "../target.ts";
import { elements, isRounded } from "./elements.ts";
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

/** Whether loops can add where an index says: from 0 on, to totals that are not rounded, along an axis that is a loop. */
function addsInLoops({ inputs, outputs, attrs }: Operation): boolean {
  const { axis } = attrs as Operations["scatterAdd"];
  const isSum = !isRounded(outputs[0]!.dtype);
  return isSum && constantScalar(inputs[0]!) === 0 && inputs[1]!.shape[axis]! > 1;
}

/** Products are of floats, loops fold floats and int32, and hold besides what lanes can compute. */
function canFuse(operation: Operation): boolean {
  const { dtype } = operation.outputs[0]!;
  const { kind } = operations[operation.name];
  const { floats, folds } = elements[dtype];
  if (kind === "contraction") return floats !== undefined;
  if (kind === "gather") return true;
  if (kind === "scatter") return addsInLoops(operation);
  return kind === "reduction" ? folds !== undefined : isLaneOperation(operation);
}
