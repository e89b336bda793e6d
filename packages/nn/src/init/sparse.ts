import { assign, rand, randn, ShapeError, sort, type Tensor, ValueError } from "@tapegrad/tensor";
import { checkOptions, formatShape } from "@tapegrad/tensor/internal";
import { checkFloat, type RandomOptions, source } from "./fill.ts";

/** Options of {@link sparse}. */
export interface SparseOptions extends RandomOptions {
  /** Fraction of each column that is 0, rounded up to whole numbers. */
  readonly sparsity: number;
  /** Standard deviation of the others, 0.01 unless given. */
  readonly std?: number;
}

/**
 * Fills a matrix with `N(0, std²)` of which a random `⌈sparsity · rows⌉` of each column are 0, and returns it.
 *
 * Martens 2010, https://www.cs.toronto.edu/~jmartens/docs/Deep_HessianFree.pdf
 *
 * @throws {ShapeError} unless there are exactly two axes
 * @throws {ValueError} unless `sparsity` is in [0, 1]
 * @example
 * ```ts
 * const w = sparse(new Parameter(zeros([10, 4])), { sparsity: 0.3 });
 * w.eq(0).to("int32").sum({ axis: 0 }).toArray(); // => [3, 3, 3, 3]
 * ```
 */
export function sparse<T extends Tensor>(weight: T, options: SparseOptions): T {
  checkOptions("sparse", options, ["sparsity", "std", "generator"]);
  const { sparsity, std = 0.01 } = options;
  checkFloat("sparse", weight);
  const [rows, columns] = weight.shape;
  if (rows === undefined || columns === undefined || weight.ndim !== 2) {
    throw new ShapeError(`sparse: expected a matrix, got shape ${formatShape(weight.shape)}.`);
  }
  if (!(sparsity >= 0 && sparsity <= 1)) {
    throw new ValueError(`sparse: expected sparsity in [0, 1], got ${String(sparsity)}.`);
  }
  const zerosPerColumn = Math.ceil(sparsity * rows);
  const values = randn([rows, columns], { dtype: weight.dtype, ...source(options) }).mul(std);
  // A random permutation of each column.
  const { indices } = sort(rand([rows, columns], { dtype: "float64", ...source(options) }), { axis: 0 });
  assign(weight, values.maskedFill(indices.lt(zerosPerColumn), 0));
  return weight;
}
