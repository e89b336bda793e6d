import { ShapeError, type Tensor, tensor } from "@tapegrad/tensor";
import {
  asFloat,
  expectTensor,
  expectValue,
  formatShape,
  option,
  type OptionTable,
  ranges,
  settleOptions,
  sizeOf,
} from "@tapegrad/tensor/internal";

/** Options of {@link affineGrid}. */
export interface AffineGridOptions {
  /** Whether −1 and 1 are the middles of the first and the last element, and not their edges; false unless given. */
  readonly alignCorners?: boolean;
}

const table: OptionTable<AffineGridOptions> = { alignCorners: option(ranges.flag, false) };

/**
 * The grid of an affine map, for `gridSample`: where each element of the result is to be read, `θ·[x, y, 1]`.
 *
 * @param theta `[N, 2, 3]` for images, `[N, 3, 4]` for volumes: a matrix for each sample, whose rows and columns go by
 * x, y (, z), the last axis first
 * @param size spatial extents of the result, `[H, W]` or `[D, H, W]`
 * @returns `[N, ...size, 2]`, or 3 for volumes
 * @throws {ShapeError} unless theta is a matrix for each sample that fits the extents
 * @see Jaderberg et al. 2015, https://arxiv.org/abs/1506.02025
 * @example
 * affineGrid(tensor([[[1, 0, 0], [0, 1, 0.5]]]), [1, 2]).toArray(); // => [[[[-0.5, 0.5], [0.5, 0.5]]]]
 * affineGrid(tensor([[[1, 0, 0], [0, 1, 0]]]), [1, 2], { alignCorners: true }).toArray(); // => [[[[-1, 0], [1, 0]]]]
 */
export function affineGrid(theta: Tensor, size: readonly number[], options: AffineGridOptions = {}): Tensor {
  const fn = "affineGrid";
  expectTensor(fn, "theta", theta);
  expectValue(fn, "size", size, ranges.listOf(ranges.count));
  const { alignCorners } = settleOptions(fn, options, table);
  const rank = size.length;
  const [samples = 0, rows, columns] = theta.shape;
  if (rank === 0 || theta.ndim !== 3 || rows !== rank || columns !== rank + 1) {
    throw new ShapeError(
      `${fn}: expected theta of shape [N, ${rank}, ${rank + 1}] for ${rank} extents, got ${formatShape(theta.shape)}.`,
    );
  }
  const matrix = asFloat(theta);
  const places = sizeOf(size);
  const lines = size.map((n) =>
    Array.from({ length: n }, (_, i) => (n === 1 ? 0 : (2 * i + 1 - n) / (alignCorners ? n - 1 : n))),
  );
  // [x, y, 1] of every place, the last axis fastest.
  const points = lines.reduce<number[][]>(
    (found, line) => found.flatMap((point) => line.map((value) => [value, ...point])),
    [[1]],
  );
  const base = tensor(points.flat(), { shape: [places, rank + 1], dtype: matrix.dtype });
  return base.matmul(matrix.transpose(1, 2)).reshape([samples, ...size, rank]);
}
