import { assign, rand, randn, ShapeError, sort, type Tensor } from "@tapegrad/tensor";
import {
  expectTensor,
  formatShape,
  option,
  type OptionTable,
  ranges,
  required,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { checkFloat, type RandomOptions, randomTable } from "./fill.ts";

/** Options of {@link sparse}. */
export interface SparseOptions extends RandomOptions {
  /** Fraction of each column that is 0, rounded up to whole numbers. */
  readonly sparsity: number;
  /** Standard deviation of the others, 0.01 unless given. */
  readonly std?: number;
}

const table: OptionTable<SparseOptions> = {
  sparsity: required(ranges.unit),
  std: option(ranges.nonNegative, 0.01),
  ...randomTable,
};

/**
 * Fills a matrix with `N(0, std²)` of which a random `⌈sparsity · rows⌉` of each column are 0, and returns it.
 *
 * @see Martens 2010, https://www.cs.toronto.edu/~jmartens/docs/Deep_HessianFree.pdf
 * @throws {ShapeError} unless there are exactly two axes
 * @example
 * const w = sparse(new Parameter(zeros([10, 4])), { sparsity: 0.3 });
 * w.eq(0).to("int32").sum({ axis: 0 }).toArray(); // => [3, 3, 3, 3]
 */
export function sparse<T extends Tensor>(weight: T, options: SparseOptions): T {
  expectTensor("sparse", "weight", weight);
  const { sparsity, std, generator } = settleOptions("sparse", options, table);
  checkFloat("sparse", weight);
  const [rows, columns] = weight.shape;
  if (rows === undefined || columns === undefined || weight.ndim !== 2) {
    throw new ShapeError(`sparse: expected a matrix, got shape ${formatShape(weight.shape)}.`);
  }
  const zerosPerColumn = Math.ceil(sparsity * rows);
  const values = randn([rows, columns], { dtype: weight.dtype, generator }).mul(std);
  // A random permutation of each column.
  const { indices } = sort(rand([rows, columns], { dtype: "float64", generator }), { axis: 0 });
  assign(weight, values.maskedFill(indices.lt(zerosPerColumn), 0));
  return weight;
}
