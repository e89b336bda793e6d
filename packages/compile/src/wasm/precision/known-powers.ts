import { type Graph, type Operation, operationOf, type Value } from "../../graph/graph.ts";
import { rebuild } from "../../graph/rebuild.ts";
import type { OperationName } from "../../operations/operation.ts";

/**
 * Powers of a logarithm of softmax as softmax itself, which its powers and their sum give: a quotient in the place of a
 * second exponential, and without the digits that large logarithms lose.
 */
export function knownPowers(graph: Graph): Graph {
  if (!graph.operations.some(({ name, inputs }) => logSoftmaxOf(name, inputs) !== undefined)) return graph;
  return rebuild(graph, (builder, { name }, inputs) => {
    const known = logSoftmaxOf(name, inputs);
    return known && [builder.apply("softmax", known.inputs, known.attrs)];
  });
}

/** Whose power an operation gives. */
function logSoftmaxOf(name: OperationName, inputs: readonly Value[]): Operation<"logSoftmax"> | undefined {
  const operation = name === "exp" ? operationOf(inputs[0]!) : undefined;
  return operation?.name === "logSoftmax" ? (operation as Operation<"logSoftmax">) : undefined;
}
