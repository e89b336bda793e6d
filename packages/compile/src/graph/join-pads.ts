import { isFloat, sameShape } from "@tapegrad/tensor/internal";
import type { GraphBuilder } from "./builder.ts";
import { attrsOf, type Graph, type Operation, operationOf, outputsOf, type Value } from "./graph.ts";
import { rebuild } from "./rebuild.ts";

/** What one term of a sum adds to zeros: its elements from `start` on along an axis, so many apart. */
interface Piece {
  /** What is padded. */
  readonly value: Value;
  readonly axis: number;
  readonly start: number;
  readonly step: number;
}

/** A sum of several terms, of which some are pieces that do not meet. */
interface Sum {
  /** Of those that are no pieces of it, in their order. */
  readonly rest: readonly Value[];
  /** In the order in which they lie. */
  readonly pieces: readonly Piece[];
}

/**
 * Sums of tensors that are zero but for parts of them, put together from these parts: the gradients of slices, as of the
 * steps of a sequence, of which each would be as large as what they are slices of.
 */
export function joinPads(graph: Graph): Graph {
  const sums = sumsOf(graph);
  if (sums.size === 0) return graph;
  return rebuild(graph, (builder, operation, _, of) => {
    const sum = sums.get(operation);
    if (sum === undefined) return undefined;
    const pieces = sum.pieces.map((piece) => ({ ...piece, value: positive(builder, of(piece.value)) }));
    const joined = join(builder, pieces, operation.outputs[0]!.shape);
    return [sum.rest.reduce((total, term) => builder.apply("add", [total, of(term)], {}), joined)];
  });
}

/** The sums of pieces by their last addition. */
function sumsOf(graph: Graph): ReadonlyMap<Operation, Sum> {
  const uses = new Map<Value, number>();
  const use = (value: Value): void => void uses.set(value, (uses.get(value) ?? 0) + 1);
  for (const { inputs } of graph.operations) inputs.forEach(use);
  outputsOf(graph).forEach(use);
  const isPart = (value: Value): boolean => uses.get(value) === 1 && isSum(operationOf(value));
  const parts = new Set<Value>();
  for (const operation of graph.operations) {
    if (isSum(operation)) for (const input of operation.inputs) if (isPart(input)) parts.add(input);
  }
  const sums = new Map<Operation, Sum>();
  for (const operation of graph.operations) {
    if (!isSum(operation) || parts.has(operation.outputs[0]!)) continue;
    const terms: Value[] = [];
    const pending = [...operation.inputs];
    for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
      if (parts.has(value)) pending.push(...operationOf(value)!.inputs);
      else terms.push(value);
    }
    const sum = sumOf(terms.reverse(), (value) => uses.get(value) === 1);
    if (sum !== undefined) sums.set(operation, sum);
  }
  return sums;
}

/** Whether an operation adds two tensors of one shape. */
function isSum(operation: Operation | undefined): operation is Operation {
  return operation?.name === "add" && sameShape(operation.inputs[0]!.shape, operation.inputs[1]!.shape);
}

function sumOf(terms: readonly Value[], isFree: (value: Value) => boolean): Sum | undefined {
  const pieces = new Map<Value, Piece>();
  for (const term of terms) {
    const piece = isFree(term) ? pieceOf(term) : undefined;
    if (piece !== undefined) pieces.set(term, piece);
  }
  const [first] = pieces.values();
  if (first === undefined) return undefined;
  const { axis, step } = first;
  const extent = terms[0]!.shape[axis]!;
  const alike = [...pieces].filter(([, piece]) => piece.axis === axis && piece.step === step);
  alike.sort(([, a], [, b]) => a.start - b.start);
  // Of those that meet others the first stays.
  const used = new Map<Value, Piece>();
  let end = 0;
  for (const [term, piece] of alike) {
    const count = piece.value.shape[axis]!;
    if (piece.start < end || (step > 1 && count * step !== extent)) continue;
    used.set(term, piece);
    end = piece.start + (step === 1 ? count : 1);
  }
  if (used.size < 2) return undefined;
  return { rest: terms.filter((term) => !used.has(term)), pieces: [...used.values()] };
}

/** What a term is a piece of zeros around, along one axis. */
function pieceOf(term: Value): Piece | undefined {
  const operation = operationOf(term);
  if (operation?.name !== "pad") return undefined;
  const { low, high, interior, value: fill } = attrsOf(operation, "pad");
  const axes = low.flatMap((n, axis) => (n !== 0 || high[axis] !== 0 || interior[axis] !== 0 ? [axis] : []));
  const [axis] = axes;
  if (!Object.is(fill, 0) || axis === undefined || axes.length > 1) return undefined;
  return { value: operation.inputs[0]!, axis, start: low[axis]!, step: interior[axis]! + 1 };
}

/** As if added to 0, which makes 0 of -0. */
function positive(builder: GraphBuilder, value: Value): Value {
  return isFloat(value.dtype) ? builder.apply("add", [value, builder.scalar(0, value.dtype)], {}) : value;
}

/** Pieces of a shape with zeros between them. */
function join(builder: GraphBuilder, pieces: readonly Piece[], shape: readonly number[]): Value {
  const { axis, step, value } = pieces[0]!;
  const zero = builder.scalar(0, value.dtype);
  const zeros = (extents: readonly number[]): Value => builder.apply("broadcastTo", [zero], { shape: extents });
  // Pieces of neighbours that are so many apart lie side by side along an axis of their own.
  const lined = (extents: readonly number[], count: number): number[] =>
    step === 1 ? extents.with(axis, count) : [...extents.slice(0, axis + 1), count, ...extents.slice(axis + 1)];
  const line = step === 1 ? shape : value.shape;
  const joined: Value[] = [];
  let end = 0;
  const fillTo = (start: number): void => {
    if (start > end) joined.push(zeros(lined(line, start - end)));
  };
  for (const piece of pieces) {
    fillTo(piece.start);
    joined.push(step === 1 ? piece.value : builder.apply("reshape", [piece.value], { shape: lined(line, 1) }));
    end = piece.start + (step === 1 ? piece.value.shape[axis]! : 1);
  }
  fillTo(step === 1 ? shape[axis]! : step);
  return builder.apply("reshape", [builder.apply("concat", joined, { axis: step === 1 ? axis : axis + 1 })], { shape });
}
