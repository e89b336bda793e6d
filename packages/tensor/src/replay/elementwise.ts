import { elementwiseOperations as operations, type OperationName } from "@tapegrad/simd";
import type { DType } from "../dtype.ts";
import { sameShape } from "../shape.ts";
import { type Application, isScalar, type Recording } from "./recording.ts";

/**
 * The operation of elementwise programs that computes an application over elements of one shape and numbers; "copy" for
 * one that changes nothing, undefined if there is none.
 */
export function elementwiseOperation(
  { values }: Recording,
  { name, inputs, attrs, outputs }: Application,
): OperationName | "copy" | undefined {
  const out = values[outputs[0]!]!;
  if (isScalar(out)) return undefined;
  const operands = inputs.map((id) => values[id]!);
  if (!operands.every((operand) => isScalar(operand) || sameShape(operand.shape, out.shape))) return undefined;
  if (name === "cast") return castOf(operands[0]!.dtype, (attrs as { readonly dtype: DType }).dtype);
  if (!Object.hasOwn(operations, name)) return undefined;
  const operation = name as OperationName;
  const types = operations[operation];
  const fits = types.result === out.dtype && operands.every(({ dtype }, i) => types.operands[i] === dtype);
  return fits ? operation : undefined;
}

function castOf(from: DType, to: DType): OperationName | "copy" | undefined {
  if (from === "bool" && to === "float32") return "boolToFloat";
  if (from === "float32" && to === "bool") return "floatToBool";
  return from === to && (from === "float32" || from === "bool") ? "copy" : undefined;
}
