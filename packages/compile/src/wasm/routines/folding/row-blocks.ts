import type { RowLines } from "./fold-axes.ts";

/** What a line adds to a vector of a row. */
export interface Piece {
  readonly line: number;
  /** The element of the line from which a vector, or fewer lanes of a shorter line, are loaded. */
  readonly from: number;
  readonly lanes: number;
  /** For each lane of the result, the lane that was loaded; undefined where nothing is added. */
  readonly places: readonly (number | undefined)[];
}

/** A vector of a row, with everything that is added to it, line by line. */
export interface RowVector {
  readonly column: number;
  readonly lanes: number;
  readonly pieces: readonly Piece[];
}

/** Neighbouring vectors whose totals are in registers at a time. */
export interface RowBlock {
  /** Those of the first turn. */
  readonly vectors: readonly RowVector[];
  readonly turns: number;
  /** How far a turn moves, in the row and in the lines. */
  readonly columns: number;
  readonly elements: number;
}

/** Code for more is not worth having. */
const mostPieces = 256;

/**
 * Cuts a row into blocks of vectors: what is alike, as in the middle of long rows, runs in turns.
 *
 * @param width elements of a vector
 * @param most how many totals the registers hold
 * @returns undefined if it would be too much code
 */
export function rowBlocks(lines: RowLines, width: number, most: number): RowBlock[] | undefined {
  const { extent, element } = lines;
  const vectors = Array.from({ length: Math.ceil(extent / width) }, (_, i) => rowVector(lines, i * width, width));
  // So many vectors further, as many whole elements of each line.
  let period = 1;
  while ((period * width) % element.step !== 0) period++;
  const blocks: RowBlock[] = [];
  let some: RowVector[] = [];
  let pieces = 0;
  const flush = (): void => {
    if (some.length > 0) blocks.push({ vectors: some, turns: 1, columns: 0, elements: 0 });
    some = [];
  };
  for (let at = 0; at < vectors.length;) {
    const first = countPieces(vectors.slice(at, at + period));
    const count = period * Math.max(1, Math.floor(most / Math.max(1, first)));
    const block = vectors.slice(at, at + count);
    const [columns, elements] = [count * width, (count * width) / element.step];
    let turns = 1;
    while (block.every((vector, i) => isMoved(vector, vectors[at + turns * count + i], elements * turns))) turns++;
    if (turns > 1) {
      flush();
      blocks.push({ vectors: block, turns, columns, elements });
      at += turns * count;
      pieces += countPieces(block);
    } else {
      const vector = vectors[at++]!;
      if (countPieces(some) + vector.pieces.length > most) flush();
      some.push(vector);
      pieces += vector.pieces.length;
    }
    if (pieces > mostPieces) return undefined;
  }
  flush();
  return blocks;
}

function rowVector({ extent, line, element }: RowLines, column: number, width: number): RowVector {
  const lanes = Math.min(width, extent - column);
  const pieces: Piece[] = [];
  for (let i = 0; i < line.count; i++) {
    const found = Array.from({ length: width }, (_, lane) => {
      const position = column + lane - i * line.step;
      const index = position / element.step;
      return lane < lanes && Number.isInteger(index) && index >= 0 && index < element.count ? index : undefined;
    });
    const first = found.find((index) => index !== undefined);
    if (first === undefined) continue;
    const from = Math.max(0, Math.min(first, element.count - width));
    const places = found.map((index) => (index === undefined ? undefined : index - from));
    pieces.push({ line: i, from, lanes: Math.min(width, element.count - from), places });
  }
  return { column, lanes, pieces };
}

/** Whether a vector is like another one, which reads so many elements further. */
function isMoved(one: RowVector, other: RowVector | undefined, elements: number): boolean {
  if (other === undefined || one.lanes !== other.lanes || one.pieces.length !== other.pieces.length) return false;
  return one.pieces.every((piece, i) => {
    const { line, from, lanes, places } = other.pieces[i]!;
    const isAlike = piece.line === line && piece.from + elements === from && piece.lanes === lanes;
    return isAlike && piece.places.every((place, lane) => place === places[lane]);
  });
}

const countPieces = (vectors: readonly RowVector[]): number =>
  vectors.reduce((count, { pieces }) => count + pieces.length, 0);
