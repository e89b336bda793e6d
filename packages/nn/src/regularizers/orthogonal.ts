import { eye, ShapeError } from "@tapegrad/tensor";
import {
  expectTensor,
  formatShape,
  option,
  type OptionTable,
  ranges,
  settleOptions,
  sizeOf,
} from "@tapegrad/tensor/internal";
import type { RegularizerFunction } from "./regularizer.ts";

/** Options of {@link orthogonal}. */
export interface OrthogonalRegularizerOptions {
  /** Factor of the mean; 0.01 unless given. */
  readonly factor?: number;
  /** Whether rows or columns are to be orthogonal; "rows" unless given, which are the output units of `[out, in]`. */
  readonly mode?: "rows" | "columns";
}

const table: OptionTable<OrthogonalRegularizerOptions> = {
  factor: option(ranges.nonNegative, 0.01),
  mode: option(ranges.oneOf("rows", "columns"), "rows"),
};

/**
 * The penalty `factor · ⟨|cos(wᵢ, wⱼ)|⟩`, a mean over all pairs of rows or columns, which makes them orthogonal.
 *
 * A weight of more axes is read as a matrix of `shape[0]` rows. Rows are output units in the layout `[out, in, ...]`, so
 * that "rows" here is "columns" of a kernel `[in, out]`, as Keras has it. A single row has no pair, and no penalty.
 *
 * @throws {ShapeError} for a weight of fewer than two axes
 * @see Brock et al. 2017, https://arxiv.org/abs/1609.07093
 * @example
 * regularizers.orthogonal({ factor: 1 })(tensor([[1, 0], [1, 1]])).item(); // => 0.70711
 * regularizers.orthogonal()(tensor([[1, 1], [1, -1]])).item(); // => 0
 */
export function orthogonal(options: OrthogonalRegularizerOptions = {}): RegularizerFunction {
  const { factor, mode } = settleOptions("orthogonal", options, table);
  return (weight) => {
    expectTensor("orthogonal", "weight", weight);
    const { shape, dtype } = weight;
    if (shape.length < 2) {
      throw new ShapeError(`orthogonal: expected a weight of at least 2 axes, got shape ${formatShape(shape)}.`);
    }
    const matrix = weight.reshape([shape[0]!, sizeOf(shape.slice(1))]);
    const vectors = mode === "rows" ? matrix : matrix.transpose();
    const count = vectors.shape[0]!;
    // The length is at least 1e-12: a vector of zeros has cosine 0 with all others.
    const unit = vectors.mul(vectors.square().sum({ axis: 1, keepDims: true }).maximum(1e-24).rsqrt());
    const cosines = unit.matmul(unit.transpose()).mul(eye(count, count, { dtype }).neg().add(1));
    // Each pair stands there twice.
    return cosines
      .abs()
      .sum()
      .mul(factor / Math.max(1, count * (count - 1)));
  };
}
