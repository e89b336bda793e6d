/** Diagonals of matrices: elements (i, j) with `lower ≤ j − i ≤ upper`. */
export interface Band {
  readonly lower: number;
  readonly upper: number;
}

/** What is in both; undefined is everything. */
export function intersection(one: Band | undefined, other: Band | undefined): Band | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return { lower: Math.max(one.lower, other.lower), upper: Math.min(one.upper, other.upper) };
}

/** A band that has both; undefined is everything. */
export function hull(one: Band | undefined, other: Band | undefined): Band | undefined {
  if (one === undefined || other === undefined) return undefined;
  return { lower: Math.min(one.lower, other.lower), upper: Math.max(one.upper, other.upper) };
}

/** The band of the transposed matrices. */
export function transposedBand({ lower, upper }: Band): Band {
  // Not −0 of 0.
  return { lower: 0 - upper, upper: 0 - lower };
}

/** The band without diagonals that a matrix has not. */
export function bandWithin({ lower, upper }: Band, rows: number, columns: number): Band {
  return { lower: Math.max(lower, 1 - rows), upper: Math.min(upper, columns - 1) };
}

/** How many elements of a matrix are in a band. */
export function bandSize({ lower, upper }: Band, rows: number, columns: number): number {
  let size = 0;
  for (let i = 0; i < rows; i++) {
    size += Math.max(0, Math.min(columns - 1, i + upper) - Math.max(0, i + lower) + 1);
  }
  return size;
}
