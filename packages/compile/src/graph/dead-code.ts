import { type Graph, type Operation, operationOf, outputsOf } from "./graph.ts";

/** The graph without operations whose results nobody uses. */
export function withoutDeadCode(graph: Graph): Graph {
  const alive = new Set<Operation>();
  const pending = outputsOf(graph);
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    const operation = operationOf(value);
    if (operation === undefined || alive.has(operation)) continue;
    alive.add(operation);
    pending.push(...operation.inputs);
  }
  return { ...graph, operations: graph.operations.filter((operation) => alive.has(operation)) };
}
