import { broadcastShapes, sameShape, sizeOf } from "@tapegrad/tensor/internal";
import type { OperationName, Operations } from "../operations/operation.ts";
import { operations } from "../operations/operations.ts";
import type { GraphOps } from "./algebra.ts";
import { attrsOf, type Operation, operationOf, type Value } from "./graph.ts";

/** Operations between a gather and what is to come before it, at most. */
const longestChain = 8;

/**
 * `f(x[index])` as `f(x)[index]` where f is more than an instruction or two and x is not larger than what is chosen of it:
 * the root of a deviation is taken once for each segment instead of for each of its members. Undefined where it is not so.
 */
export function lateGather<P extends OperationName>(
  builder: GraphOps,
  name: P,
  inputs: readonly Value[],
  attrs: Operations[P],
): Value | undefined {
  const { kind, cost } = operations[name];
  if (kind !== "elementwise" || cost === "cheap") return undefined;
  const gather = inputs.map((input) => gatherOf(input, longestChain)).find((found) => found !== undefined);
  if (gather === undefined || !isAlike(gather)) return undefined;
  // No other operand makes it larger.
  const index = gather.inputs[1]!;
  const shape = inputs.reduce((all, input) => broadcastShapes(name, all, input.shape), index.shape);
  if (!sameShape(shape, index.shape)) return undefined;
  const chosen = new Chosen(builder, gather);
  const sources = inputs.map((input) => chosen.source(input));
  if (!sources.every((source) => source !== undefined)) return undefined;
  return builder.apply("gather", [builder.apply(name, sources, attrs), index], attrsOf(gather, "gather"));
}

/** A gather that a value is made of by cheap operations. */
function gatherOf(value: Value, left: number): Operation | undefined {
  const operation = operationOf(value);
  if (operation === undefined || left === 0) return undefined;
  if (operation.name === "gather") return operation;
  if (!isCheap(operation)) return undefined;
  for (const input of operation.inputs) {
    const found = gatherOf(input, left - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether a gather gives no fewer elements than it chooses among, and no other ones along the other axes. */
function isAlike(gather: Operation): boolean {
  const [x, index] = gather.inputs as readonly [Value, Value];
  const { axis } = attrsOf(gather, "gather");
  return (
    sizeOf(x.shape) <= sizeOf(index.shape) && sameShape(x.shape.toSpliced(axis, 1), index.shape.toSpliced(axis, 1))
  );
}

function isCheap({ name }: Operation): boolean {
  return operations[name].kind === "elementwise" && operations[name].cost === "cheap";
}

/** What values are chosen from, by the index of one gather. */
class Chosen {
  readonly #builder: GraphOps;
  readonly #index: Value;
  readonly #axis: number;
  #left = longestChain;

  constructor(builder: GraphOps, gather: Operation) {
    this.#builder = builder;
    this.#index = gather.inputs[1]!;
    this.#axis = attrsOf(gather, "gather").axis;
  }

  /** What a value is chosen from, or the value itself where it is the same along the axis; undefined of any other. */
  source(value: Value): Value | undefined {
    const operation = operationOf(value);
    if (operation?.name === "broadcastTo") return this.source(operation.inputs[0]!);
    const { shape } = this.#index;
    const axis = this.#axis - (shape.length - value.shape.length);
    if (axis < 0 || value.shape[axis] === 1) return value;
    if (operation === undefined || !sameShape(value.shape, shape) || this.#left-- <= 0) return undefined;
    if (operation.name === "gather") return this.#isSame(operation) ? operation.inputs[0] : undefined;
    if (!isCheap(operation)) return undefined;
    const sources = operation.inputs.map((input) => this.source(input));
    return sources.every((source) => source !== undefined)
      ? this.#builder.apply(operation.name, sources, operation.attrs)
      : undefined;
  }

  #isSame(gather: Operation): boolean {
    return gather.inputs[1] === this.#index && attrsOf(gather, "gather").axis === this.#axis && isAlike(gather);
  }
}
