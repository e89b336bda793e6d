import { malformed } from "@tapegrad/io/internal";
import type { GraphProto } from "../model/model-proto.ts";
import { type Model, standardName } from "../model/read-model.ts";
import { findOperator } from "../operators/operators.ts";

/**
 * Throws, naming all of them at once, if a model has operators that are not implemented, or not in the version that it
 * asks for.
 *
 * @throws {FormatError} `loadOnnx: expected operators that are implemented, got NonMaxSuppression (opset 11), ...`
 */
export function expectSupported(model: Model): void {
  const problems = new Map<string, number>();
  for (const { domain, opType } of nodesOf(model.graph)) {
    const problem = problemOf(model, standardName(domain), opType);
    if (problem !== undefined) problems.set(problem, (problems.get(problem) ?? 0) + 1);
  }
  if (problems.size === 0) return;
  const list = [...problems].map(([problem, count]) => (count === 1 ? problem : `${problem} in ${count} nodes`));
  throw malformed(model.source, "", `expected operators that are implemented, got ${list.toSorted().join(", ")}`);
}

function problemOf(model: Model, domain: string, opType: string): string | undefined {
  const opset = model.opset(domain);
  const name = domain === "" ? opType : `${domain}.${opType}`;
  if (opset === undefined) return `${name} (opset of the domain not told)`;
  const row = findOperator(domain, opType);
  if (row === undefined) return `${name} (opset ${opset})`;
  const { first, last } = row;
  return opset >= first && opset <= last ? undefined : `${name} (opset ${opset}, implemented are ${first} to ${last})`;
}

/** The nodes of a graph and of those in their attributes. */
function* nodesOf(graph: GraphProto): Generator<GraphProto["nodes"][number]> {
  for (const node of graph.nodes) {
    yield node;
    for (const { g } of node.attributes) if (g !== undefined) yield* nodesOf(g);
  }
}
