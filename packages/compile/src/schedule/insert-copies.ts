import { allocate, sizeOf } from "@tapegrad/tensor/internal";
import { type Graph, madeOperation, type Operation, operationOf, type Value } from "../graph/graph.ts";
import { operations } from "../operations/operations.ts";
import { type Categories, isPositions } from "./categories.ts";
import { matrixOperand } from "./matrix-operand.ts";
import { isView, isWhole, type Views } from "./view.ts";

/**
 * Inserts copies where a value must lie in memory in order and does not: before kernels that read whole arrays, and
 * for what the graph gives.
 */
export function insertCopies(graph: Graph, views: Views, categories: Categories): Graph {
  const copies = new Map<Value, Value>();
  const added: Operation[] = [];
  let { nextId } = graph;
  const copyOf = (value: Value): Value => {
    let copy = copies.get(value);
    if (copy === undefined) {
      const operation = madeOperation("copy", [value], {}, [value], nextId++);
      copy = operation.outputs[0]!;
      copies.set(value, copy);
      added.push(operation);
    }
    return copy;
  };
  const lies = (value: Value): boolean => {
    const view = views.of(value);
    return isWhole(view) && !isPositions(view.base) && sizeOf(value.shape) === sizeOf(view.base.shape);
  };
  // What has no elements may be a view of something that has.
  const emptyOf = ({ shape, dtype }: Value): Value => {
    return { id: nextId++, shape, dtype, from: { kind: "constant", data: allocate(dtype, 0) }, index: 0 };
  };
  const inOrder = (value: Value): Value => {
    if (sizeOf(value.shape) === 0) return isView(views, value) ? emptyOf(value) : value;
    return lies(value) ? value : copyOf(value);
  };

  const stored = (value: Value): Value => (isPositions(views.of(value).base) ? inOrder(value) : value);

  const ordered: Operation[] = [];
  for (const operation of graph.operations) {
    const result = operation.outputs[0];
    if (result === undefined || !isView(views, result)) {
      const category = categories.of(operation);
      if (category === "routine")
        operation.inputs = operation.inputs.map(operations[operation.name].readsViews ? stored : inOrder);
      // What is read where an index says has a place in memory.
      if (category === "gather")
        operation.inputs = operation.inputs.map((input, i) => (i === 0 ? stored(input) : input));
      if (category === "matmul") {
        operation.inputs = operation.inputs.map((input) => {
          const { base } = matrixOperand(views, input);
          return base.from.kind === "constant" || isPositions(base) ? copyOf(input) : input;
        });
      }
      if (added.length > 0) ordered.push(...added.splice(0));
    }
    ordered.push(operation);
  }
  // What a tensor is assigned must not be another's memory, which may itself be assigned to.
  const held = (value: Value): Value =>
    operationOf(views.of(value).base) === undefined && sizeOf(value.shape) > 0 ? copyOf(value) : inOrder(value);
  // What is given of a captured tensor is what it held before the call.
  const given = (value: Value): Value => {
    const { from } = views.of(value).base;
    return from.kind === "state" && graph.updates.has(from.storage) ? held(value) : inOrder(value);
  };
  const output = <T extends { readonly value: Value | undefined }>(entry: T): T => ({
    ...entry,
    value: entry.value === undefined ? undefined : given(entry.value),
  });
  const results = graph.results.map(given);
  const updates = new Map(Array.from(graph.updates, ([storage, value]) => [storage, held(value)]));
  const grads = graph.grads.map(output);
  const argumentGrads = graph.argumentGrads.map(output);
  for (const operation of added) ordered.push(operation);
  return { operations: ordered, results, updates, grads, argumentGrads, nextId };
}
