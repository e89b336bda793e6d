import { sizeOf } from "@tapegrad/tensor/internal";
import { attrsOf, type Operation, type OperationName, type Value } from "../graph/graph.ts";
import { isLaneOperation } from "../emit/lane-operations.ts";

/** How an operation runs: fused into loops, as a product of matrices, or by a kernel of its own. */
export type Category = "elementwise" | "reduction" | "iota" | "matmul" | "special";

const reductions: ReadonlySet<OperationName> = new Set(["sum", "prod", "max", "min"]);

/** The category of an operation that is not a view. */
export function categoryOf(operation: Operation): Category {
  const { name, inputs, outputs } = operation;
  if (name === "checkIndex" || name === "checkInt32") return "special";
  const isEmpty = [...inputs, ...outputs].some(({ shape }) => sizeOf(shape) === 0);
  if (isEmpty) return "special";
  if (name === "matmul" || name === "matmulSum") return outputs[0]!.dtype.startsWith("float") ? "matmul" : "special";
  if (name === "iota") return "iota";
  if (reductions.has(name)) return reducible(operation) ? "reduction" : "special";
  return isLaneOperation(operation) ? "elementwise" : "special";
}

/** Loops reduce floats; integers and bools have kernels of their own. */
function reducible({ outputs }: Operation): boolean {
  const { dtype } = outputs[0]!;
  return dtype === "float64" || dtype === "float32";
}

/** The axes that an operation's loops run over: those of its output, or of its input if it reduces or relabels. */
export function domainOf(operation: Operation): readonly number[] {
  const relabels = operation.name === "reshape" || reductions.has(operation.name);
  return ((relabels ? operation.inputs[0] : operation.outputs[0]) as Value).shape;
}

/** The reduced axes of a reduction that have more than one element. */
export function reducedAxes(operation: Operation): readonly number[] {
  const { shape } = operation.inputs[0]!;
  return attrsOf(operation, operation.name as "sum").axes.filter((axis) => shape[axis] !== 1);
}

/** Operations that are cheaper to repeat than to read from memory. */
export function isCheap(operation: Operation): boolean {
  return cheap.has(operation.name);
}

const cheap: ReadonlySet<OperationName> = new Set<OperationName>([
  "neg",
  "abs",
  "square",
  "relu",
  "cast",
  "copy",
  "logicalNot",
  "add",
  "sub",
  "mul",
  "maximum",
  "minimum",
  "eq",
  "ne",
  "lt",
  "le",
  "gt",
  "ge",
  "logicalAnd",
  "logicalOr",
  "where",
]);
