import { sameShape } from "@tapegrad/tensor/internal";
import { type Graph, type Operation, operationOf, outputsOf, type Value } from "./graph.ts";
import { ValueMap } from "./value-map.ts";

/** How often values are used. */
export type Uses = Pick<ValueMap<number>, "get">;

/** How often each value of a graph is used. */
export function usesOf(graph: Graph): Uses {
  const uses = new ValueMap<number>();
  for (let i = 0; i < graph.operations.length; i++) count(uses, graph.operations[i]!.inputs);
  count(uses, outputsOf(graph));
  return uses;
}

function count(uses: ValueMap<number>, values: readonly Value[]): void {
  for (let i = 0; i < values.length; i++) uses.set(values[i]!, (uses.get(values[i]!) ?? 0) + 1);
}

/** The terms of sums of tensors of one shape, in their order, by the last addition; partial sums are used nowhere else. */
export function sumsOf(graph: Graph, uses: Uses): ReadonlyMap<Operation, readonly Value[]> {
  const isPart = (value: Value): boolean => uses.get(value) === 1 && isSum(operationOf(value));
  const parts = new Set<Value>();
  for (const operation of graph.operations) {
    if (isSum(operation)) for (const input of operation.inputs) if (isPart(input)) parts.add(input);
  }
  const sums = new Map<Operation, readonly Value[]>();
  for (const operation of graph.operations) {
    if (!isSum(operation) || parts.has(operation.outputs[0]!)) continue;
    const terms: Value[] = [];
    const pending = [...operation.inputs];
    for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
      if (parts.has(value)) pending.push(...operationOf(value)!.inputs);
      else terms.push(value);
    }
    sums.set(operation, terms.reverse());
  }
  return sums;
}

/** Whether an operation adds two tensors of one shape. */
export function isSum(operation: Operation | undefined): operation is Operation {
  return operation?.name === "add" && sameShape(operation.inputs[0]!.shape, operation.inputs[1]!.shape);
}
