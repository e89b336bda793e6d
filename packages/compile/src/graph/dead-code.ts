import { operations } from "../operations/operations.ts";
import { type Graph, type Operation, operationOf, outputsOf } from "./graph.ts";

/** The graph without operations whose results nobody uses. */
export function withoutDeadCode(graph: Graph): Graph {
  // Checks have no results and stay.
  const checks = graph.operations.filter(({ name }) => operations[name].kind === "check");
  const alive = new Set<Operation>(checks);
  const pending = [...outputsOf(graph), ...checks.flatMap(({ inputs }) => inputs)];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    const operation = operationOf(value);
    if (operation === undefined || alive.has(operation)) continue;
    alive.add(operation);
    pending.push(...operation.inputs);
  }
  return { ...graph, operations: graph.operations.filter((operation) => alive.has(operation)) };
}
