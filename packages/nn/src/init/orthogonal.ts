import { assign, randn, ShapeError, type Tensor, tensor } from "@tapegrad/tensor";
import { expectTensor, formatShape, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { checkFloat, type RandomOptions, randomTable } from "./fill.ts";

/** Options of {@link orthogonal}. */
export interface OrthogonalOptions extends RandomOptions {
  /** Length of the rows or columns, 1 unless given. */
  readonly gain?: number;
}

const table: OptionTable<OrthogonalOptions> = { gain: option(ranges.finite, 1), ...randomTable };

function dot(m: Float64Array, i: number, j: number, length: number): number {
  let sum = 0;
  for (let k = 0; k < length; k++) sum += m[i * length + k]! * m[j * length + k]!;
  return sum;
}

/** Gram-Schmidt over the rows of a wide matrix, twice, so that they are orthonormal to rounding. */
function orthonormalizeRows(m: Float64Array, rows: number, length: number): void {
  for (let i = 0; i < rows; i++) {
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) {
        const along = dot(m, i, j, length);
        for (let k = 0; k < length; k++) m[i * length + k] = m[i * length + k]! - along * m[j * length + k]!;
      }
      const norm = Math.sqrt(dot(m, i, i, length));
      for (let k = 0; k < length; k++) m[i * length + k] = m[i * length + k]! / norm;
    }
  }
}

/**
 * Fills a weight with a random orthogonal matrix times `gain` and returns it; a weight of more axes is
 * read as a matrix of `shape[0]` rows. The shorter of rows and columns is orthonormal.
 *
 * @see Saxe et al. 2014, https://arxiv.org/abs/1312.6120
 * @throws {ShapeError} for fewer than two axes
 */
export function orthogonal<T extends Tensor>(weight: T, options: OrthogonalOptions = {}): T {
  expectTensor("orthogonal", "weight", weight);
  const { gain, generator } = settleOptions("orthogonal", options, table);
  checkFloat("orthogonal", weight);
  const { shape, size } = weight;
  if (shape.length < 2) {
    throw new ShapeError(`orthogonal: expected a weight of at least 2 axes, got shape ${formatShape(shape)}.`);
  }
  if (size === 0) return weight;
  const rows = shape[0]!;
  const columns = size / rows;
  const [short, long] = [Math.min(rows, columns), Math.max(rows, columns)];
  const matrix = Float64Array.from(randn([short, long], { dtype: "float64", generator }).data);
  orthonormalizeRows(matrix, short, long);
  const basis = tensor(matrix, { shape: [short, long] }).mul(gain);
  assign(weight, (rows <= columns ? basis : basis.transpose()).reshape(shape).to(weight.dtype));
  return weight;
}
