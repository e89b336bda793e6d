import { attrsOf, type Value } from "../graph/graph.ts";
import type { ReductionName } from "../operations/operations.ts";
import { type Band, bandWithin, hull } from "./band.ts";
import type { Bands } from "./bands.ts";
import type { GroupedOperation, LoopGroup } from "./kernel-draft.ts";

/** Diagonals of the matrices in two axes of loops: where along the columns a row must be computed. */
export interface RowBand extends Band {
  readonly rows: number;
  readonly columns: number;
}

/** What of its rows a kernel must compute. */
export interface BandedRows {
  readonly band: RowBand;
  /** What results along the columns are elsewhere. */
  readonly outside: ReadonlyMap<Value, number>;
}

/** What a reduction of nothing is. */
const neutral: Readonly<Record<ReductionName, number>> = { sum: 0, prod: 1, max: -Infinity, min: Infinity };

/**
 * The diagonals outside of which the rows of a group need not be computed: its reductions meet only their neutral element there, and
 * its results are constants. The band has an element of every row, as a number for the row that is NaN makes NaN of all its terms: one
 * of them is enough.
 */
export function bandedRows(group: LoopGroup, buffered: ReadonlySet<Value>, bands: Bands): BandedRows | undefined {
  const { extents, reduced, lastRow, accumulated, members } = group;
  const [columns] = reduced ?? [];
  if (bands.areNone || columns === undefined || reduced!.length > 1) return undefined;
  if (lastRow !== undefined || accumulated.size > 0) return undefined;
  const outside = new Map<Value, number>();
  let found: RowBand | undefined;
  for (const [value, member] of members) {
    const isReduction = member.reduces.length > 0;
    if (!isReduction && (!buffered.has(value) || member.strides[columns] === 0)) continue;
    const matrices = isReduction ? member.operation.inputs[0]! : value;
    const known = bands.outsideOf(matrices);
    const rows = rowAxis(group, columns, member, matrices);
    if (known === undefined || rows === undefined || rows !== (found?.rows ?? rows)) return undefined;
    if (isReduction) {
      if (!Object.is(known.constant, neutral[member.operation.name as ReductionName])) return undefined;
    } else {
      if (known.orNaN === true) return undefined;
      outside.set(value, known.constant);
    }
    found = { ...hull(found ?? known.band, known.band)!, rows, columns };
  }
  if (found === undefined || found.lower > found.upper) return undefined;
  const [m, n] = [extents[found.rows]!, extents[columns]!];
  const ofEveryRow = hull(found, { lower: n - m, upper: 0 })!;
  return { band: { ...found, ...bandWithin(ofEveryRow, m, n) }, outside };
}

/** The loop along the rows of matrices whose columns another one runs along; undefined if they lie in loops otherwise. */
function rowAxis(
  { extents }: LoopGroup,
  columns: number,
  { operation, strides, reduces }: GroupedOperation,
  { shape }: Value,
): number | undefined {
  const [m, n] = shape.slice(-2);
  if (n !== extents[columns]) return undefined;
  let step = n;
  if (reduces.length > 0) {
    const { axes } = attrsOf(operation, operation.name as "sum");
    if (!axes.includes(shape.length - 1) || axes.includes(shape.length - 2)) return undefined;
    // Of a result with one column rows lie side by side.
    step = 1;
  } else if (strides[columns] !== 1) return undefined;
  const rows = strides.findIndex((stride, axis) => axis !== columns && stride === step && extents[axis] === m);
  return rows < 0 ? undefined : rows;
}
