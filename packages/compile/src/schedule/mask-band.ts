import type { TypedArray } from "@tapegrad/tensor";
import { constantData } from "../graph/constants.ts";
import { type Operation, operationOf, type Value } from "../graph/graph.ts";
import { type Band, intersection, transposedBand } from "./band.ts";
import { isPositions } from "./categories.ts";
import type { Views } from "./view.ts";

/** Numbers that are `offset + rows·i + columns·j` in row i and column j of every matrix. */
interface Affine {
  readonly offset: number;
  readonly rows: number;
  readonly columns: number;
}

/** Operations between a mask and the comparisons that it is made of, at most. */
const longestChain = 8;

/**
 * Where a condition can be true in the matrices of the last two axes of a shape that it broadcasts to: outside of that band it
 * is false, whatever the values of tensors. Undefined if that may be everywhere.
 */
export function bandOfMask(
  condition: Value,
  shape: readonly number[],
  views: Views,
  left: number = longestChain,
): Band | undefined {
  if (
    left === 0 ||
    shape.length < 2 ||
    condition.shape.at(-1) !== shape.at(-1) ||
    condition.shape.at(-2) !== shape.at(-2)
  )
    return undefined;
  const data = constantData(condition);
  if (data !== undefined) return bandOfData(data, shape);
  const operation = operationOf(condition);
  if (operation === undefined) return undefined;
  const of = (input: Value): Band | undefined => bandOfMask(input, shape, views, left - 1);
  const { name, inputs } = operation;
  if (name === "logicalAnd") return intersection(of(inputs[0]!), of(inputs[1]!));
  if (name === "broadcastTo" || name === "reshape") return of(inputs[0]!);
  const compared = comparisons.get(name);
  if (compared === undefined) return undefined;
  const [one, other] = inputs.map((input) => affineOf(input, views));
  return one && other && compared(difference(one, other));
}

/** Where matrices of constants are true; undefined if they are in both far corners, or nowhere. */
function bandOfData(data: TypedArray, shape: readonly number[]): Band | undefined {
  const [rows, columns] = shape.slice(-2) as [number, number];
  let [lower, upper] = [columns, -rows];
  for (let at = 0; at < data.length; at++) {
    if (data[at] === 0) continue;
    const diagonal = (at % columns) - (Math.floor(at / columns) % rows);
    if (diagonal < lower) lower = diagonal;
    if (diagonal > upper) upper = diagonal;
  }
  return lower > upper || (lower === 1 - rows && upper === columns - 1) ? undefined : { lower, upper };
}

/** Where `offset + rows·i + columns·j` is at most `limit`: a band if it counts diagonals. */
function atMost({ offset, rows, columns }: Affine, limit: number): Band | undefined {
  if (columns === 0 || rows !== -columns) return undefined;
  const end = (limit - offset) / Math.abs(columns);
  const below = { lower: -Infinity, upper: Math.floor(end) };
  return columns > 0 ? below : transposedBand(below);
}

/** Numbers are integers: what is less than 0 is at most −1. */
const comparisons: ReadonlyMap<Operation["name"], (difference: Affine) => Band | undefined> = new Map([
  ["le", (d) => atMost(d, 0)],
  ["lt", (d) => atMost(d, -1)],
  ["ge", (d) => atMost(negated(d), 0)],
  ["gt", (d) => atMost(negated(d), -1)],
  ["eq", (d) => intersection(atMost(d, 0), atMost(negated(d), 0))],
] as const);

function negated({ offset, rows, columns }: Affine): Affine {
  return { offset: -offset, rows: -rows, columns: -columns };
}

function difference(one: Affine, other: Affine): Affine {
  return {
    offset: one.offset - other.offset,
    rows: one.rows - other.rows,
    columns: one.columns - other.columns,
  };
}

/** Positions as int32 in the last two axes; undefined of anything else. */
function affineOf(value: Value, views: Views): Affine | undefined {
  const { base, offset, shape, strides } = views.of(value);
  if (value.dtype !== "int32" || !isPositions(base)) return undefined;
  const along = (axis: number): number => ((shape.at(axis) ?? 1) === 1 ? 0 : strides.at(axis)!);
  const isAlike = shape.slice(0, -2).every((extent, axis) => extent === 1 || strides[axis] === 0);
  return isAlike ? { offset, rows: along(-2), columns: along(-1) } : undefined;
}
