import {
  type Expr,
  f32x4,
  f64x2,
  type FunctionBuilder,
  i32,
  loadLanes,
  type Local,
  storeLanes,
  v128,
} from "@tapegrad/simd";
import { bytesOf, elements, type SumCode } from "../../elements.ts";
import type { RowLines } from "./fold-axes.ts";
import type { Piece, RowBlock } from "./row-blocks.ts";

type F = FunctionBuilder<"void">;

/** Calls `add` with the address of each group of lines that falls on a row, beyond where these lie for the first window. */
export type EachTap = (source: Local<"i32">, add: (lines: Local<"i32">) => void) => void;

/** Adds up a row block by block, in registers: line by line, of all windows that share them, then the lines. */
export function foldRow(
  f: F,
  sums: SumCode,
  lines: RowLines,
  blocks: readonly RowBlock[],
  target: Local<"i32">,
  source: Local<"i32">,
  eachTap: EachTap,
): void {
  const bytes = bytesOf(sums.dtype);
  for (const block of blocks) {
    if (block.turns === 1) {
      foldBlock(f, sums, lines, block, target, source, eachTap);
      continue;
    }
    const [to, from] = [f.let(target), f.let(source)];
    f.for({ to: block.turns }, () => {
      foldBlock(f, sums, lines, block, to, from, eachTap);
      f.set(to, i32.add(to, block.columns * bytes));
      f.set(from, i32.add(from, block.elements * lines.element.stride * bytes));
    });
  }
}

function foldBlock(
  f: F,
  sums: SumCode,
  lines: RowLines,
  { vectors }: RowBlock,
  target: Local<"i32">,
  source: Local<"i32">,
  eachTap: EachTap,
): void {
  const bytes = bytesOf(sums.dtype);
  const parts = bytesOf(sums.total) / bytes;
  const zero = f32x4.const(0);
  const totals = new Map<Piece, Local<"v128">[]>();
  for (const piece of vectors.flatMap(({ pieces }) => pieces)) {
    totals.set(
      piece,
      Array.from({ length: parts }, () => f.local("v128", zero)),
    );
  }
  if (totals.size > 0) {
    eachTap(source, (start) => {
      for (const [piece, own] of totals) {
        const loaded = sums.widen(f, load(sums, lines, piece, start));
        own.forEach((total, i) => f.set(total, sums.addVectors(total, loaded[i]!)));
      }
    });
  }
  for (const { column, lanes, pieces } of vectors) {
    const row = Array.from({ length: parts }, (_, part) => {
      const placed = pieces.flatMap((piece) => place(totals.get(piece)!, piece.places, part) ?? []);
      return placed.length === 0 ? zero : placed.reduce((a, b) => sums.addVectors(a, b));
    });
    storeLanes(f, target, sums.round(row), { lanes, size: bytes as 4 | 8, offset: column * bytes });
  }
}

function load(sums: SumCode, { line, element }: RowLines, piece: Piece, start: Local<"i32">): Expr<"v128"> {
  const size = bytesOf(sums.dtype) as 4 | 8;
  const at = (lane: number): readonly [Expr<"i32">, number] => {
    const offset = (piece.line * line.stride + (piece.from + lane) * element.stride) * size;
    return offset < 0 ? [i32.add(start, offset), 0] : [start, offset];
  };
  const [address, offset] = at(0);
  if (element.stride === 1) return loadLanes(address, { lanes: piece.lanes, size, offset });
  const { first, another } = elements[sums.dtype].memory;
  let x = first(address, { offset });
  for (let lane = 1; lane < piece.lanes; lane++) {
    const [beside, further] = at(lane);
    x = another(beside, x, lane, { offset: further });
  }
  return x;
}

/** A part of a vector of the row: lanes where they belong, 0 elsewhere; undefined if that is everywhere. */
function place(
  totals: readonly Local<"v128">[],
  places: readonly (number | undefined)[],
  part: number,
): Expr<"v128"> | undefined {
  const width = places.length / totals.length;
  const own = places.slice(part * width, (part + 1) * width);
  const used = own.filter((from) => from !== undefined);
  if (used.length === 0) return undefined;
  const sources = [...new Set(used.map((from) => Math.floor(from / width)))];
  if (used.length === width && sources.length === 1 && own.every((from, lane) => from! % width === lane)) {
    return totals[sources[0]!]!;
  }
  const shuffle = width === 4 ? f32x4.shuffle : f64x2.shuffle;
  if (used.length === width) {
    const [a, b = a] = sources as [number, number?];
    const lanes = own.map((from) => (from! % width) + (Math.floor(from! / width) === a ? 0 : width));
    return shuffle(totals[a]!, totals[b]!, lanes);
  }
  // Zeros as they continue the lanes, in front of them or behind: engines have one instruction for that.
  const [source] = sources as [number];
  const shift = own.findIndex((from) => from !== undefined) - (used[0]! % width);
  const isZeroFirst = own[0] === undefined;
  const lanes = own.map((from, lane) => {
    const isZero = from === undefined;
    const at = isZero ? (lane - shift + width) % width : from % width;
    return at + (isZero === isZeroFirst ? 0 : width);
  });
  const zero = v128.const(Array(16).fill(0));
  return isZeroFirst ? shuffle(zero, totals[source]!, lanes) : shuffle(totals[source]!, zero, lanes);
}
