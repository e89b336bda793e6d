import {
  type Expr,
  type FunctionBuilder,
  type GemmResult,
  i32,
  loadLanes,
  type ModuleBuilder,
  v128,
} from "@tapegrad/simd";
import type { Value } from "../../graph/graph.ts";
import { type KernelNode, nodesOf } from "../../schedule/loop-kernel.ts";
import { emitOperation } from "../loops/lane-operations.ts";
import { constantLanes, type Lanes, type LaneScope } from "../loops/lanes.ts";

/** Emits what a product's elements become before they are stored: four neighbours of a row, or fewer at its end. */
export function emitEpilogue(
  module: ModuleBuilder,
  f: FunctionBuilder,
  product: Value,
  epilogue: KernelNode,
  addressOf: (value: Value) => number,
  { value, lanes, column }: GemmResult,
): Expr<"v128"> {
  const scope: LaneScope = { module, f: f as FunctionBuilder<"void">, width: 4 };
  const start = f.let(i32.shl(column, 2));
  const values = new Map<KernelNode, Lanes>();
  for (const node of nodesOf([{ node: epilogue }])) values.set(node, compute(node));
  return values.get(epilogue)!.parts[0]!;

  function compute(node: KernelNode): Lanes {
    switch (node.kind) {
      case "constant":
        return constantLanes(node.dtype, node.value);
      case "load": {
        if (node.from === product) return { dtype: "float32", parts: [value], uniform: false };
        const offset = addressOf(node.from) + node.offset * 4;
        const isUniform = node.strides.at(-1) === 0;
        const vector = isUniform ? v128.load32Splat(0, { offset }) : loadLanes(start, { lanes, size: 4, offset });
        return { dtype: "float32", parts: [f.let(vector)], uniform: isUniform };
      }
      case "apply":
        return emitOperation(
          scope,
          node.name,
          node.inputs.map((input) => values.get(input)!),
          node.dtype,
        );
      default:
        throw new Error(`emitEpilogue: ${node.kind} cannot follow a product.`);
    }
  }
}
