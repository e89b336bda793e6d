import { allocate, sizeOf } from "@tapegrad/tensor/internal";
import { type Graph, madeOperation, type Operation, operationOf, type Value } from "../graph/graph.ts";
import { mapped } from "../mapped.ts";
import { operations } from "../operations/operations.ts";
import { type Categories, isPositions } from "./categories.ts";
import { matrixOperand } from "./matrix-operand.ts";
import { isView, isWhole, type Views } from "./view.ts";

/**
 * Inserts copies where a value must lie in memory in order and does not: before kernels that read whole arrays, and
 * for what the graph gives.
 */
export function insertCopies(graph: Graph, views: Views, categories: Categories): Graph {
  const copies = new Copies(graph, views, categories);
  for (let i = 0; i < graph.operations.length; i++) copies.add(graph.operations[i]!);
  const output = <T extends { readonly value: Value | undefined }>(entry: T): T => ({
    ...entry,
    value: entry.value && copies.given(entry.value),
  });
  const results = graph.results.map((value) => copies.given(value));
  const updates = new Map(Array.from(graph.updates, ([storage, value]) => [storage, copies.held(value)]));
  const [grads, argumentGrads] = [graph.grads.map(output), graph.argumentGrads.map(output)];
  const { operations: ordered, nextId } = copies;
  return { operations: ordered, results, updates, grads, argumentGrads, nextId };
}

class Copies {
  /** Those of the graph, and before each the copies that it needs. */
  readonly operations: Operation[] = [];
  nextId: number;
  readonly #updates: Graph["updates"];
  readonly #views: Views;
  readonly #categories: Categories;
  readonly #copies = new Map<Value, Value>();

  constructor({ updates, nextId }: Graph, views: Views, categories: Categories) {
    this.#updates = updates;
    this.nextId = nextId;
    this.#views = views;
    this.#categories = categories;
  }

  add(operation: Operation): void {
    const result = operation.outputs[0];
    if (result === undefined || !isView(this.#views, result)) {
      const { inputs } = operation;
      const category = this.#categories.of(operation);
      if (category === "routine") {
        const { readsViews } = operations[operation.name];
        operation.inputs = mapped(inputs, (input) => (readsViews ? this.#stored(input) : this.#inOrder(input)));
      }
      // What is read where an index says has a place in memory.
      if (category === "gather")
        operation.inputs = mapped(inputs, (input, i) => (i === 0 ? this.#stored(input) : input));
      if (category === "matmul") operation.inputs = mapped(inputs, (input) => this.#factor(input));
    }
    this.operations.push(operation);
  }

  #factor(value: Value): Value {
    const { base } = matrixOperand(this.#views, value);
    return base.from.kind === "constant" || isPositions(base) ? this.#copyOf(value) : value;
  }

  #stored(value: Value): Value {
    return isPositions(this.#views.of(value).base) ? this.#inOrder(value) : value;
  }

  #inOrder(value: Value): Value {
    if (sizeOf(value.shape) === 0) return isView(this.#views, value) ? this.#emptyOf(value) : value;
    return this.#lies(value) ? value : this.#copyOf(value);
  }

  #lies(value: Value): boolean {
    const view = this.#views.of(value);
    return isWhole(view) && !isPositions(view.base) && sizeOf(value.shape) === sizeOf(view.base.shape);
  }

  /** What has no elements may be a view of something that has. */
  #emptyOf({ shape, dtype }: Value): Value {
    return { id: this.nextId++, shape, dtype, from: { kind: "constant", data: allocate(dtype, 0) }, index: 0 };
  }

  #copyOf(value: Value): Value {
    let copy = this.#copies.get(value);
    if (copy === undefined) {
      const operation = madeOperation("copy", [value], {}, [value], this.nextId++);
      copy = operation.outputs[0]!;
      this.#copies.set(value, copy);
      this.operations.push(operation);
    }
    return copy;
  }

  /** What a tensor is assigned must not be another's memory, which may itself be assigned to. */
  held(value: Value): Value {
    const isInput = operationOf(this.#views.of(value).base) === undefined;
    return isInput && sizeOf(value.shape) > 0 ? this.#copyOf(value) : this.#inOrder(value);
  }

  /** What is given of a captured tensor is what it held before the call. */
  given(value: Value): Value {
    const { from } = this.#views.of(value).base;
    return from.kind === "state" && this.#updates.has(from.storage) ? this.held(value) : this.#inOrder(value);
  }
}
