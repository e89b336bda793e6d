import { assign, randn, ShapeError, type Tensor, tensor } from "@tapegrad/tensor";
import { expectTensor, formatShape, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { checkFloat, type RandomOptions, randomTable } from "./fill.ts";
import { middleTap } from "./identity.ts";

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

/** A random matrix times `gain` whose rows or columns, the shorter ones, are orthonormal, in float64. */
function orthogonalMatrix(rows: number, columns: number, { gain, generator }: Required<OrthogonalOptions>): Tensor {
  const [short, long] = [Math.min(rows, columns), Math.max(rows, columns)];
  const matrix = Float64Array.from(randn([short, long], { dtype: "float64", generator }).data);
  orthonormalizeRows(matrix, short, long);
  const basis = tensor(matrix, { shape: [short, long] }).mul(gain);
  return rows <= columns ? basis : basis.transpose();
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
  assign(
    weight,
    orthogonalMatrix(rows, size / rows, { gain, generator })
      .reshape(shape)
      .to(weight.dtype),
  );
  return weight;
}

/**
 * Fills the weight of a convolution with a random orthogonal matrix times `gain` in the middle of the window and zeros
 * elsewhere, and returns it: the convolution keeps the length of what comes in, up to `gain`, at every position and depth.
 *
 * @param weight layout `[out, in, ...window]` with one to three window axes
 * @see Xiao et al. 2018, https://arxiv.org/abs/1806.05393
 * @throws {ShapeError} for another number of axes, or more channels in than out
 * @example
 * const filters = deltaOrthogonal(new Parameter(zeros([4, 2, 3, 3])));
 * functional.conv2d(ones([1, 2, 5, 5]), filters, undefined, { padding: 1 }).norm({ axis: 1 }).sub(Math.SQRT2).abs().max().item() < 1e-6; // => true
 */
export function deltaOrthogonal<T extends Tensor>(weight: T, options: OrthogonalOptions = {}): T {
  const fn = "deltaOrthogonal";
  expectTensor(fn, "weight", weight);
  const { gain, generator } = settleOptions(fn, options, table);
  checkFloat(fn, weight);
  const { field, middle } = middleTap(fn, weight);
  const [out = 0, inside = 0] = weight.shape;
  if (inside > out) {
    throw new ShapeError(`${fn}: expected no more channels in than out, got shape ${formatShape(weight.shape)}.`);
  }
  const values = new Float64Array(weight.size);
  if (weight.size > 0) {
    orthogonalMatrix(out, inside, { gain, generator }).data.forEach((value, i) => (values[i * field + middle] = value));
  }
  assign(weight, tensor(values, { shape: weight.shape }).to(weight.dtype));
  return weight;
}
