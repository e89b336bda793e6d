import { operationOf, type Value } from "../graph/graph.ts";
import { isPositions } from "./categories.ts";

/** Whether loops can read a value, or compute it from their position. */
export function isAvailable(value: Value, buffered: ReadonlySet<Value>): boolean {
  return operationOf(value) === undefined || isPositions(value) || buffered.has(value);
}
