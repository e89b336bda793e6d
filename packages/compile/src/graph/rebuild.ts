import { GraphBuilder } from "./builder.ts";
import { withoutDeadCode } from "./dead-code.ts";
import type { Graph, Operation, Value } from "./graph.ts";

/** What an operation becomes when its operands are those of the new graph; `of` gives what other values have become. */
export type Rewrite = (
  builder: GraphBuilder,
  operation: Operation,
  inputs: readonly Value[],
  of: (value: Value) => Value,
) => readonly Value[];

/** The graph made again, operation by operation, with what {@link GraphBuilder} simplifies and without dead code. */
export function rebuild(graph: Graph, rewrite: Rewrite): Graph {
  const builder = new GraphBuilder();
  const rebuilt = new Map<Value, Value>();
  const of = (value: Value): Value => {
    let known = rebuilt.get(value);
    if (known === undefined) rebuilt.set(value, (known = input(value)));
    return known;
  };
  const input = ({ from, shape, dtype }: Value): Value => {
    if (from.kind === "operation") throw new Error(`rebuild: ${from.name} is used before it is applied.`);
    return from.kind === "constant" ? builder.constant(from.data, shape, dtype) : builder.input(from, shape, dtype);
  };
  for (const operation of graph.operations) {
    const outputs = rewrite(builder, operation, operation.inputs.map(of), of);
    operation.outputs.forEach((output, i) => rebuilt.set(output, outputs[i]!));
  }
  const output = <T extends { readonly value: Value | undefined }>(entry: T): T => ({
    ...entry,
    value: entry.value && of(entry.value),
  });
  return withoutDeadCode({
    operations: builder.operations,
    results: graph.results.map(of),
    updates: new Map([...graph.updates].map(([storage, value]) => [storage, of(value)])),
    grads: graph.grads.map(output),
    argumentGrads: graph.argumentGrads.map(output),
  });
}
