import { isFloat } from "@tapegrad/tensor/internal";
import type { GraphBuilder } from "./builder.ts";
import { attrsOf, type Graph, type Operation, operationOf, type Value } from "./graph.ts";
import { rebuild } from "./rebuild.ts";
import { sumsOf, usesOf } from "./sums.ts";

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
  if (!graph.operations.some(({ name }) => name === "pad")) return graph;
  const sums = new Map<Operation, Sum>();
  for (const [operation, terms] of sumsOf(graph, usesOf(graph))) {
    const sum = sumOf(terms);
    if (sum !== undefined) sums.set(operation, sum);
  }
  if (sums.size === 0) return graph;
  return rebuild(graph, (builder, operation, _, of) => {
    const sum = sums.get(operation);
    if (sum === undefined) return undefined;
    const pieces = sum.pieces.map((piece) => ({ ...piece, value: positive(builder, of(piece.value)) }));
    const joined = join(builder, pieces, operation.outputs[0]!.shape);
    return [sum.rest.reduce((total, term) => builder.apply("add", [total, of(term)], {}), joined)];
  });
}

function sumOf(terms: readonly Value[]): Sum | undefined {
  if (!terms.some(isPadded)) return undefined;
  const pieces = terms.flatMap((term, at) => {
    const piece = pieceOf(term);
    return piece === undefined ? [] : [{ ...piece, at }];
  });
  const [first] = pieces;
  if (first === undefined) return undefined;
  const { axis, step } = first;
  const extent = terms[0]!.shape[axis]!;
  const alike = pieces.filter((piece) => piece.axis === axis && piece.step === step);
  alike.sort((a, b) => a.start - b.start);
  // Of those that meet others the first stays.
  const used: typeof alike = [];
  let end = 0;
  for (const piece of alike) {
    const count = piece.value.shape[axis]!;
    if (piece.start < end || (step > 1 && count * step !== extent)) continue;
    used.push(piece);
    end = piece.start + (step === 1 ? count : 1);
  }
  if (used.length < 2) return undefined;
  const places = new Set(used.map(({ at }) => at));
  return { rest: terms.filter((_, at) => !places.has(at)), pieces: used };
}

function isPadded(value: Value): boolean {
  return operationOf(value)?.name === "pad";
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
