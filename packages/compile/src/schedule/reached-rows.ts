import { sizeOf } from "@tapegrad/tensor/internal";
import { attrsOf, type Graph, madeOperation, type Operation, outputsOf, type Value } from "../graph/graph.ts";
import { operations } from "../operations/operations.ts";
import { type Categories, relabels } from "./categories.ts";
import { fewElements } from "./few-elements.ts";
import { isView, type Views } from "./view.ts";

/** A graph, and the values of which only the first rows are wanted: up to the greatest element of another value. */
export interface RowLimits {
  readonly graph: Graph;
  /** By the value, the one of one element that holds the last row that is wanted. */
  readonly lastRows: ReadonlyMap<Value, Value>;
}

/**
 * Finds values whose rows nobody reads but gathers along the first axis, if need be after operations element by element:
 * rows that their index does not reach need not be computed. Sums by segments are such where they are given back to the
 * members and there may be as many segments as members.
 */
export function reachedRows(graph: Graph, views: Views, categories: Categories): RowLimits {
  const indices = indicesOf(graph, views, categories);
  const lastRows = new Map<Value, Value>();
  if (indices.size === 0) return { graph, lastRows };
  let { nextId } = graph;
  const greatest = new Map<Value, Value>();
  const ordered: Operation[] = [];
  for (const operation of graph.operations) {
    const result = operation.outputs[0];
    const index = result && indices.get(result);
    if (result !== undefined && index !== undefined) {
      let last = greatest.get(index);
      if (last === undefined) {
        const axes = index.shape.map((_, axis) => axis);
        const one = { shape: index.shape.map(() => 1), dtype: index.dtype };
        const max = madeOperation("max", [index], { axes }, [one], nextId++);
        last = max.outputs[0]!;
        greatest.set(index, last);
        ordered.push(max);
      }
      lastRows.set(result, last);
    }
    ordered.push(operation);
  }
  const { results, updates, grads, argumentGrads } = graph;
  return { graph: { operations: ordered, results, updates, grads, argumentGrads, nextId }, lastRows };
}

/** For each value of which only gathers along the first axis read rows what their index is part of. */
function indicesOf(graph: Graph, views: Views, categories: Categories): ReadonlyMap<Value, Value> {
  const indices = new Map<Value, Value>();
  if (!graph.operations.some(({ name }) => operations[name].kind === "gather")) return indices;
  const readers = new Map<Value, Value | "others">();
  const read = (value: Value, by: Value | "others"): void => {
    const known = readers.get(value);
    readers.set(value, known === undefined || known === by ? by : "others");
  };
  const made = new Map<Value, number>();
  graph.operations.forEach(({ outputs }, i) => outputs.forEach((output) => made.set(output, i)));
  const first = new Map<Value, number>();
  for (const output of outputsOf(graph)) read(output, "others");
  for (let i = graph.operations.length - 1; i >= 0; i--) {
    const operation = graph.operations[i]!;
    const { inputs, outputs } = operation;
    const result = outputs[0];
    const by = (result && readers.get(result)) ?? "others";
    if (result === undefined) for (const input of inputs) read(input, "others");
    else if (isView(views, result)) read(inputs[0]!, hasRowsOf(operation) ? by : "others");
    else {
      const category = categories.of(operation);
      if (category === "gather") {
        const [x, index] = inputs as readonly [Value, Value];
        const { base } = views.of(index);
        // One element has no greatest to be found by a reduction.
        const isIndex = attrsOf(operation, "gather").axis === 0 && base.dtype === "int32" && sizeOf(base.shape) > 1;
        read(x, isIndex ? base : "others");
        read(index, "others");
      } else {
        const isRowByRow = category === "elementwise" && !relabels(operation.name);
        for (const input of inputs) read(input, isRowByRow && hasRows(input, result) ? by : "others");
        const isPart = isRowByRow || category === "scatter";
        if (isPart && by !== "others" && result.shape[0]! > 1 && sizeOf(result.shape) > fewElements) {
          indices.set(result, by);
          first.set(by, i);
        }
      }
    }
  }
  // The index must be there where the rows are computed.
  for (const [value, index] of indices) if ((made.get(index) ?? -1) >= first.get(index)!) indices.delete(value);
  return indices;
}

/** Whether the rows of a movement's result are those of its operand. */
function hasRowsOf({ name, inputs, outputs }: Operation): boolean {
  const [x, result] = [inputs[0]!, outputs[0]!];
  return name === "reshape" ? x.shape[0] === result.shape[0] : name === "broadcastTo" && hasRows(x, result);
}

function hasRows(x: Value, { shape }: Value): boolean {
  return x.shape.length === shape.length && x.shape[0] === shape[0];
}
