import { tensor } from "@tapegrad/tensor";
import { option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import type { Tensor } from "@tapegrad/tensor";
import {
  checkTraining,
  type ColumnAffine,
  columnCenters,
  columnCount,
  columnMeans,
  columnTransform,
} from "./column-affine.ts";
import type { Estimator, Transform } from "./transform.ts";

/** Options of {@link zScore}. */
export interface ZScoreOptions {
  /** Whether each column has its own mean and deviation (the default), or all values share one. */
  readonly perColumn?: boolean;
}

const table: OptionTable<ZScoreOptions> = { perColumn: option(ranges.flag, true) };

/** A fitted {@link zScore}. */
export interface ZScore extends Transform {
  /** Means of the training samples: float64, the shape of one sample, or a scalar if shared. */
  readonly mean: Tensor;
  /** Biased standard deviations (÷ N) of the training samples, shaped as `mean`. */
  readonly std: Tensor;
}

/**
 * Standardizes each column to mean 0 and standard deviation 1 over the training samples.
 *
 * `y = (x − mean) / std`, with `std = √(Σ (x − mean)² / N)`; a column that is constant in training becomes 0
 * everywhere, and `inverse` gives the constant back.
 *
 * Statistics are computed in float64 (two passes); the result is float64 for float64 input and float32 otherwise.
 *
 * @throws {ValueError} by `fit`, if there is no value or one is not finite; for an unknown option
 * @throws {ShapeError} by `apply` and `inverse`, if samples are not shaped as those fitted
 * @example
 * const scaler = zScore().fit(tensor([[1, 7], [3, 7]]));
 * scaler.apply(tensor([[1, 7], [5, 8]])).toArray(); // => [[-1, 0], [3, 0]]
 */
export function zScore(options: ZScoreOptions = {}): Estimator<ZScore> {
  const { perColumn } = settleOptions("zScore", options, table);
  return {
    fit(train) {
      checkTraining("zScore.fit", train);
      const columns = columnCount(train.shape, perColumn);
      const mean = columnCenters(train.data, columns);
      const variance = columnMeans(train.data, columns, (value, column) => (value - mean[column]!) ** 2);
      const std = variance.map(Math.sqrt);
      const map: ColumnAffine = { center: mean, scale: std.map((each) => (each === 0 ? 0 : 1 / each)), shift: 0 };
      const shape = perColumn ? train.shape.slice(1) : [];
      return {
        mean: tensor(mean, { shape }),
        std: tensor(std, { shape }),
        ...columnTransform("zScore", perColumn ? shape : undefined, map),
      };
    },
  };
}
