import { sizeOf, type Spec } from "@tapegrad/tensor/internal";
import type { OperationName, Operations } from "./operation.ts";
import { operations } from "./operations.ts";

/** An operation and what it is applied to. */
export interface Application {
  readonly name: OperationName;
  readonly inputs: readonly Spec[];
  readonly attrs: unknown;
  readonly outputs: readonly Spec[];
}

/** Floating-point operations of an operation that runs by itself: 2mnk for a product of matrices, else what its row says. */
export function operationFlops({ name, inputs, attrs, outputs }: Application): number {
  const { kind, flops } = operations[name];
  const output = sizeOf(outputs[0]?.shape ?? []);
  if (kind !== "contraction") return flops * Math.max(output, ...inputs.map(({ shape }) => sizeOf(shape)));
  const { transposeA } = attrs as Operations["matmul"];
  return 2 * output * inputs[0]!.shape.at(transposeA ? -2 : -1)!;
}
