import { operations as rows } from "../operations/operations.ts";
import { type Graph, type Operation, outputsOf } from "./graph.ts";
import { ValueMap } from "./value-map.ts";

/** The graph without operations whose results nobody uses. */
export function withoutDeadCode(graph: Graph): Graph {
  const { results, updates, grads, argumentGrads, nextId } = graph;
  const used = new ValueMap<true>();
  for (const output of outputsOf(graph)) used.set(output, true);
  const operations: Operation[] = [];
  // From the last to the first: what uses a result has been seen before what gives it.
  for (let i = graph.operations.length - 1; i >= 0; i--) {
    const operation = graph.operations[i]!;
    if (!isAlive(operation, used)) continue;
    operations.push(operation);
    for (let k = 0; k < operation.inputs.length; k++) used.set(operation.inputs[k]!, true);
  }
  // Graphs with the same fields in the same order are one kind of object for an engine, copies of others are not.
  return { operations: operations.reverse(), results, updates, grads, argumentGrads, nextId };
}

/** Whether anything uses a result of an operation. Checks have none and stay. */
function isAlive({ name, outputs }: Operation, used: ValueMap<true>): boolean {
  for (let i = 0; i < outputs.length; i++) if (used.get(outputs[i]!) === true) return true;
  return rows[name].kind === "check";
}
