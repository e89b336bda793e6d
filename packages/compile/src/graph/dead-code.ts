import { operations } from "../operations/operations.ts";
import { type Graph, operationOf, outputsOf, type Value } from "./graph.ts";
import { ValueMap } from "./value-map.ts";

/** The graph without operations whose results nobody uses. */
export function withoutDeadCode(graph: Graph): Graph {
  // Checks have no results and stay.
  const checks = graph.operations.filter(({ name }) => operations[name].kind === "check");
  /** Operations that are used, by their first result. */
  const alive = new ValueMap<true>();
  const pending = [...outputsOf(graph), ...checks.flatMap(({ inputs }) => inputs)];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    const operation = operationOf(value);
    if (operation === undefined || alive.get(operation.outputs[0]!) === true) continue;
    alive.set(operation.outputs[0]!, true);
    for (const input of operation.inputs) pending.push(input);
  }
  const isUsed = ([result]: readonly Value[]): boolean => result === undefined || alive.get(result) === true;
  return { ...graph, operations: graph.operations.filter(({ outputs }) => isUsed(outputs)) };
}
