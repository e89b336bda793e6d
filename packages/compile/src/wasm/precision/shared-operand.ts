import { operationOf, type Value } from "../../graph/graph.ts";

/** Elements that share an operand at least, for what is computed of it once to be worth while. */
export const fewestShared = 8;

/** What is broadcast to give a value. */
export function unbroadcast(value: Value): Value {
  const operation = operationOf(value);
  return operation?.name === "broadcastTo" ? unbroadcast(operation.inputs[0]!) : value;
}

/** Whether a value is the same along some axes of what it is broadcast to, which has so many axes. */
export function isShared(value: Value, axes: readonly number[], rank: number): boolean {
  const { shape } = unbroadcast(value);
  const added = rank - shape.length;
  return axes.every((axis) => axis < added || shape[axis - added] === 1);
}
