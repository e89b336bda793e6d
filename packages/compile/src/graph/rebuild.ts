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
  const rebuilding = new Rebuilding(graph.nextId, rewrite);
  const { operations } = graph;
  for (let i = 0; i < operations.length; i++) rebuilding.add(operations[i]!);
  return withoutDeadCode(rebuilding.finish(graph));
}

class Rebuilding {
  readonly #builder: GraphBuilder;
  readonly #rewrite: Rewrite;
  readonly #rebuilt = new ValueMap<Value>();

  constructor(nextId: number, rewrite: Rewrite) {
    this.#builder = new GraphBuilder(nextId);
    this.#rewrite = rewrite;
  }

  add(operation: Operation): void {
    const { inputs, outputs: before } = operation;
    const now = mapped(inputs, this.#of);
    const outputs = this.#rewrite(this.#builder, operation, now, this.#of) ?? this.#again(operation, now);
    for (let i = 0; i < before.length; i++) this.#rebuilt.set(before[i]!, outputs[i]!);
  }

  #again(operation: Operation, now: readonly Value[]): readonly Value[] {
    const { name, attrs, inputs, outputs } = operation;
    for (let i = 0; i < inputs.length; i++) {
      if (inputs[i] !== now[i]) return this.#builder.applyAll(name, now, attrs, outputs);
    }
    return this.#builder.keep(operation);
  }

  /** What a value has become. */
  readonly #of = (value: Value): Value => {
    let known = this.#rebuilt.get(value);
    if (known === undefined) this.#rebuilt.set(value, (known = this.#input(value)));
    return known;
  };

  #input(value: Value): Value {
    const { from, shape, dtype } = value;
    if (from.kind === "operation") throw new Error(`rebuild: ${from.name} is used before it is applied.`);
    return from.kind === "constant" ? this.#builder.constant(from.data, shape, dtype, value) : value;
  }

  finish(graph: Graph): Graph {
    const of = this.#of;
    const output = <T extends { readonly value: Value | undefined }>(entry: T): T => ({
      ...entry,
      value: entry.value && of(entry.value),
    });
    const results = graph.results.map(of);
    const updates = new Map(Array.from(graph.updates, ([storage, value]) => [storage, of(value)]));
    const [grads, argumentGrads] = [graph.grads.map(output), graph.argumentGrads.map(output)];
    const { operations, nextId } = this.#builder;
    return { operations, results, updates, grads, argumentGrads, nextId };
  }
}
