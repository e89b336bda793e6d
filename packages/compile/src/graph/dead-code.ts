import { operations as rows } from "../operations/operations.ts";
import { type Graph, operationOf, outputsOf, type Value } from "./graph.ts";
import { ValueMap } from "./value-map.ts";

/** The graph without operations whose results nobody uses. */
export function withoutDeadCode(graph: Graph): Graph {
  const { operations: all, results, updates, grads, argumentGrads } = graph;
  // Checks have no results and stay.
  const checks = all.filter(({ name }) => rows[name].kind === "check");
  /** Operations that are used, by their first result. */
  const alive = new ValueMap<true>();
  const pending = [...outputsOf(graph), ...checks.flatMap(({ inputs }) => inputs)];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    const operation = operationOf(value);
    if (operation === undefined || alive.get(operation.outputs[0]!) === true) continue;
    alive.set(operation.outputs[0]!, true);
    for (const input of operation.inputs) pending.push(input);
  }
  const isUsed = (result: Value | undefined): boolean => result === undefined || alive.get(result) === true;
  const operations = all.filter(({ outputs }) => isUsed(outputs[0]));
  // Graphs with the same fields in the same order are one kind of object for an engine, copies of others are not.
  return { operations, results, updates, grads, argumentGrads };
}
