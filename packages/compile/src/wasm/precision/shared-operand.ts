import { operationOf, type Value } from "../../graph/graph.ts";

/** Elements that share an operand at least, for what is computed of it once to be worth while. */
export const fewestShared = 8;

/** What is broadcast to give a value. */
export function unbroadcast(value: Value): Value {
  const operation = operationOf(value);
  return operation?.name === "broadcastTo" ? unbroadcast(operation.inputs[0]!) : value;
}
