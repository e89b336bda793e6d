import { tensor, ValueError } from "@tapegrad/tensor";
import { option, optional, type OptionTable, promote, ranges, settleOptions, sizeOf } from "@tapegrad/tensor/internal";
import type { Shape, Tensor } from "@tapegrad/tensor";
import { checkTraining, columnCenters, columnCount, expectSamples } from "./column-affine.ts";
import { symmetricEigen } from "./symmetric-eigen.ts";
import type { Estimator, Transform } from "./transform.ts";

/** Options of {@link whiten}. */
export interface WhitenOptions {
  /**
   * `"pca"`, the default: one column for each direction, that of the largest variance first. `"zca"`: turned back, so that
   * samples keep their form, and images look like images.
   */
  readonly kind?: "pca" | "zca";
  /** How many directions are kept, those of the largest variance; all if absent. */
  readonly components?: number | undefined;
  /** Added to variances, so that directions of next to none are not blown up to noise; 0 if absent. */
  readonly eps?: number;
}

const table: OptionTable<WhitenOptions> = {
  kind: option(ranges.oneOf("pca", "zca"), "pca"),
  components: optional(ranges.count),
  eps: option(ranges.nonNegative, 0),
};

/** A fitted {@link whiten}. */
export interface Whiten extends Transform {
  /** Means of the training samples: float64, the shape of one sample. */
  readonly mean: Tensor;
  /** The directions that are kept, one in each row, `[components, D]`: orthonormal, float64, of the largest variance first. */
  readonly components: Tensor;
  /** The variances of the training samples (÷ (N − 1)) in these directions, `[components]`. */
  readonly variance: Tensor;
}

/**
 * Makes columns uncorrelated and of variance 1 over the training samples.
 *
 * With `(N − 1)⁻¹ (x − mean)ᵀ(x − mean) = Vᵀ Λ V`, samples flattened to rows of D: `pca` gives `(x − mean) Vᵀ (Λ + eps)^−½`
 * of shape `[N, components]`, `zca` gives `(x − mean) Vᵀ (Λ + eps)^−½ V` of the shape of `x`. Directions in which the
 * training samples do not vary, as when there are fewer of them than columns, become 0, and `inverse` gives the mean there.
 * The largest entry of each direction is positive, so that signs do not depend on rounding.
 *
 * Fitting takes `N D² + D³` steps, in float64; the result is float64 for float64 input and float32 otherwise.
 *
 * @throws {ValueError} by `fit`, if there are fewer than two samples or columns than components, or a value is not finite;
 *   for an unknown option
 * @throws {ShapeError} by `apply` and `inverse`, if samples are not shaped as those fitted
 * @see Kessy, Lewin and Strimmer, "Optimal Whitening and Decorrelation", The American Statistician 72 (2018),
 *   https://arxiv.org/abs/1512.00809
 * @example
 * const x = tensor([[1, 2], [3, 6], [5, 4], [7, 8]], { dtype: "float64" });
 * const white = whiten({ kind: "zca" }).fit(x).apply(x);
 * white.transpose().matmul(white).div(3).toArray(); // => [[1, 0], [0, 1]]
 */
export function whiten(options: WhitenOptions = {}): Estimator<Whiten> {
  const { kind, components, eps } = settleOptions("whiten", options, table);
  return {
    fit(train) {
      checkTraining("whiten.fit", train);
      const samples = train.shape[0]!;
      const columns = columnCount(train.shape, true);
      const kept = components ?? columns;
      if (samples < 2) throw new ValueError(`whiten.fit: expected at least two training samples, got ${samples}.`);
      if (kept > columns) {
        throw new ValueError(`whiten.fit: expected at most ${columns} components for as many columns, got ${kept}.`);
      }
      const mean = columnCenters(train.data, columns);
      const { values, vectors } = symmetricEigen(covariance(train.data, mean), columns);
      // What is no more than the rounding of the largest is none.
      const least = values[0]! * Number.EPSILON * Math.max(samples, columns);
      const variance = values.slice(0, kept).map((value) => (value > least ? value : 0));
      const directions = tensor(vectors.slice(0, kept * columns), { shape: [kept, columns] });
      const scale = tensor(variance.map((value) => (value === 0 ? 0 : 1 / Math.sqrt(value + eps))));
      const unscale = tensor(variance.map((value) => (value === 0 ? 0 : Math.sqrt(value + eps))));
      const scaled = (by: Tensor): Tensor => directions.mul(by.unsqueeze(1));
      const back = kind === "zca" ? directions : undefined;
      const forward = scaled(scale).transpose();
      const backward = scaled(unscale);
      const shape = train.shape.slice(1);
      return {
        mean: tensor(mean, { shape }),
        components: directions,
        variance: tensor(variance),
        ...matrixTransform({
          center: tensor(mean),
          forward: back === undefined ? forward : forward.matmul(back),
          backward: back === undefined ? backward : back.transpose().matmul(backward),
          from: shape,
          to: kind === "zca" ? shape : [kept],
        }),
      };
    },
  };
}

interface MatrixMap {
  readonly center: Tensor;
  /** `[D, K]`, and `[K, D]` back. */
  readonly forward: Tensor;
  readonly backward: Tensor;
  /** Shapes of a sample before and after. */
  readonly from: Shape;
  readonly to: Shape;
}

/** `y = (x − center) · forward` and `x = y · backward + center`, in float64, over samples flattened to rows. */
function matrixTransform({ center, forward, backward, from, to }: MatrixMap): Transform {
  const mapped = (method: string, x: Tensor, [own, other]: readonly [Shape, Shape], map: (rows: Tensor) => Tensor) => {
    expectSamples(`whiten.${method}`, x, own);
    const samples = x.shape[0]!;
    const rows = x
      .detach()
      .to("float64")
      .reshape([samples, sizeOf(own)]);
    return map(rows)
      .to(promote(x.dtype, "float32"))
      .reshape([samples, ...other]);
  };
  return {
    apply: (x) => mapped("apply", x, [from, to], (rows) => rows.sub(center).matmul(forward)),
    inverse: (y) => mapped("inverse", y, [to, from], (rows) => rows.matmul(backward).add(center)),
  };
}

/** The covariances of all pairs of columns, ÷ (N − 1). */
function covariance(data: ArrayLike<number>, mean: Float64Array): Float64Array {
  const columns = mean.length;
  const sums = new Float64Array(columns * columns);
  const row = new Float64Array(columns);
  for (let start = 0; start < data.length; start += columns) {
    for (let i = 0; i < columns; i++) row[i] = data[start + i]! - mean[i]!;
    for (let i = 0; i < columns; i++) {
      const value = row[i]!;
      if (value === 0) continue;
      for (let j = 0, at = i * columns; j <= i; j++) sums[at + j]! += value * row[j]!;
    }
  }
  const divisor = data.length / columns - 1;
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j <= i; j++) {
      const entry = sums[i * columns + j]! / divisor;
      sums[i * columns + j] = sums[j * columns + i] = entry;
    }
  }
  return sums;
}
