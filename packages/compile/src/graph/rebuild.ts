import { GraphBuilder } from "./builder.ts";
import { withoutDeadCode } from "./dead-code.ts";
import type { Graph, Operation, Value } from "./graph.ts";
import { ValueMap } from "./value-map.ts";
import { mapped } from "../mapped.ts";

/**
 * What an operation becomes when its operands are those of the new graph, undefined if nothing else; `of` gives what other
 * values have become.
 */
export type Rewrite = (
  builder: GraphBuilder,
  operation: Operation,
  inputs: readonly Value[],
  of: (value: Value) => Value,
) => readonly Value[] | undefined;

/**
 * The graph made again, operation by operation, with what {@link GraphBuilder} simplifies and without dead code. Operations
 * that stay what they are, on operands that do, are those of the graph that is given.
 */
export function rebuild(graph: Graph, rewrite: Rewrite): Graph {
  const builder = new GraphBuilder(graph.nextId);
  const rebuilt = new ValueMap<Value>();
  const of = (value: Value): Value => {
    let known = rebuilt.get(value);
    if (known === undefined) rebuilt.set(value, (known = input(value)));
    return known;
  };
  const input = (value: Value): Value => {
    const { from, shape, dtype } = value;
    if (from.kind === "operation") throw new Error(`rebuild: ${from.name} is used before it is applied.`);
    return from.kind === "constant" ? builder.constant(from.data, shape, dtype, value) : value;
  };
  for (const operation of graph.operations) {
    const { name, attrs, inputs, outputs: before } = operation;
    const now = mapped(inputs, of);
    const outputs =
      rewrite(builder, operation, now, of) ??
      (inputs.every((value, i) => value === now[i])
        ? builder.keep(operation)
        : builder.applyAll(name, now, attrs, before));
    for (let i = 0; i < before.length; i++) rebuilt.set(before[i]!, outputs[i]!);
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
    nextId: builder.nextId,
  });
}
