import { isFloat } from "@tapegrad/tensor/internal";
import { attrsOf, type Graph, type Operation, operationOf, type Value } from "../../graph/graph.ts";
import type { Rewrite } from "../../graph/rebuild.ts";
import { isRounded } from "../elements.ts";
import { isShared, unbroadcast } from "./shared-operand.ts";
import { widened } from "./widened.ts";

/** A sum of products, and the factors that are the same in all its terms. */
interface ProductSum {
  readonly operation: Operation;
  readonly shared: readonly Value[];
}

/** A sum that is another one times some factors. */
interface Multiple {
  readonly operation: Operation;
  readonly by: readonly Value[];
}

/**
 * Finds sums of products that differ in factors which all their terms share, Σ g and Σ g·w, Σ g·x and Σ g·w·x, for one sum
 * and its multiple.
 */
export function sharedSums(graph: Graph): Rewrite | undefined {
  const multiples = multiplesOf(graph);
  if (multiples.size === 0) return undefined;
  return (builder, operation, _, of) => {
    const multiple = multiples.get(operation);
    if (multiple === undefined) return undefined;
    // The other one may come later: what this one has not made it makes now.
    const again = (value: Value): Value => {
      const made = productOf(value) ?? broadcastOf(value);
      if (made === undefined) return of(value);
      return builder.applyAll(made.name, made.inputs.map(again), made.attrs)[0]!;
    };
    const attrs = attrsOf(multiple.operation, "sum");
    const term = again(termOf(multiple.operation));
    const { dtype } = multiple.operation.outputs[0]!;
    const sum = builder.apply("sum", [builder.apply("cast", [term], { dtype })], attrs);
    const product = multiple.by.reduce((total, factor) => {
      return builder.apply("mul", [total, builder.apply("cast", [of(factor)], { dtype })], {});
    }, sum);
    // A sum starts from 0, which takes the sign from a zero.
    const total = builder.apply("add", [product, builder.scalar(0, dtype)], {});
    return [builder.apply("cast", [total], { dtype: operation.outputs[0]!.dtype })];
  };
}

/** For each sum that is a multiple of another: which one, and by which factors. */
function multiplesOf(graph: Graph): Map<Operation, Multiple> {
  const groups = new Map<string, ProductSum[]>();
  for (const operation of graph.operations) {
    if (operation.name !== "sum" || !isFloat(operation.outputs[0]!.dtype)) continue;
    const { axes } = attrsOf(operation, "sum");
    const term = termOf(operation);
    const factors = factorsOf(term);
    const shared = factors.filter((factor) => isShared(factor, axes, term.shape.length));
    const ids = factors.filter((factor) => !shared.includes(factor)).map(({ id }) => id);
    const key = `${ids.sort((a, b) => a - b).join()} ${axes.join()} ${term.dtype} ${term.shape.join()}`;
    const alike = groups.get(key);
    if (alike === undefined) groups.set(key, [{ operation, shared }]);
    else alike.push({ operation, shared });
  }
  const multiples = new Map<Operation, Multiple>();
  for (const sums of groups.values()) {
    const [least, ...others] = sums.sort((a, b) => a.shared.length - b.shared.length);
    for (const { operation, shared } of others) {
      // What is summed in float64 is no multiple of what is rounded on the way.
      if (isRounded(least!.operation.outputs[0]!.dtype) && !isRounded(operation.outputs[0]!.dtype)) continue;
      const by = without(shared, least!.shared);
      if (by !== undefined && by.length > 0) multiples.set(operation, { operation: least!.operation, by });
    }
  }
  return multiples;
}

/** What is summed, before it is widened. */
function termOf({ inputs: [x] }: Operation): Value {
  return widened(x!) ?? x!;
}

function productOf(value: Value): Operation | undefined {
  const operation = operationOf(value);
  return operation?.name === "mul" ? operation : undefined;
}

function broadcastOf(value: Value): Operation | undefined {
  const operation = operationOf(value);
  return operation?.name === "broadcastTo" ? operation : undefined;
}

function factorsOf(value: Value): Value[] {
  return productOf(value)?.inputs.flatMap(factorsOf) ?? [unbroadcast(value)];
}

/** A list without the elements of another, each once; undefined if it has not all of them. */
function without(list: readonly Value[], others: readonly Value[]): Value[] | undefined {
  const left = [...list];
  for (const other of others) {
    const at = left.indexOf(other);
    if (at < 0) return undefined;
    left.splice(at, 1);
  }
  return left;
}
