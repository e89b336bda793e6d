import { operationOf, type Value } from "../../graph/graph.ts";

/** The float32 that a float64 value is cast from; undefined of any other. */
export function widened(value: Value): Value | undefined {
  const operation = operationOf(value);
  const source = operation?.name === "cast" && value.dtype === "float64" ? operation.inputs[0]! : undefined;
  return source?.dtype === "float32" ? source : undefined;
}
