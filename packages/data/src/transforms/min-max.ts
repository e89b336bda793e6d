import { tensor, ValueError } from "@tapegrad/tensor";
import { option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import type { Tensor } from "@tapegrad/tensor";
import { checkTraining, type ColumnAffine, columnCount, columnTransform } from "./column-affine.ts";
import type { Estimator, Transform } from "./transform.ts";

/** Options of {@link minMax}. */
export interface MinMaxOptions {
  /** The interval that the training values fill; [0, 1] if absent. */
  readonly range?: readonly [low: number, high: number];
  /** Whether each column has its own extremes (the default), or all values share them. */
  readonly perColumn?: boolean;
}

const table: OptionTable<MinMaxOptions> = {
  range: option(ranges.listOf(ranges.finite, 2), [0, 1]),
  perColumn: option(ranges.flag, true),
};

/** A fitted {@link minMax}. */
export interface MinMax extends Transform {
  /** Smallest training values: float64, the shape of one sample, or a scalar if shared. */
  readonly min: Tensor;
  /** Largest training values, shaped as `min`. */
  readonly max: Tensor;
}

/**
 * Maps each column linearly so that the training samples fill an interval.
 *
 * `y = low + (x − min) · (high − low) / (max − min)`; a column that is constant in training becomes `low` everywhere
 * (0 by default), and `inverse` gives the constant back. Other samples may fall outside the interval.
 *
 * Computed in float64; the result is float64 for float64 input and float32 otherwise.
 *
 * @throws {ValueError} if the range is not ascending or an option is unknown; by `fit`, if there is no value or one is
 *   not finite
 * @throws {ShapeError} by `apply` and `inverse`, if samples are not shaped as those fitted
 * @example
 * const scaler = minMax().fit(tensor([[0, 5], [8, 5]]));
 * scaler.apply(tensor([[2, 5]])).toArray(); // => [[0.25, 0]]
 */
export function minMax(options: MinMaxOptions = {}): Estimator<MinMax> {
  const { range, perColumn } = settleOptions("minMax", options, table);
  const [low, high] = range;
  if (!(low < high) || high - low === Infinity) {
    throw new ValueError(`minMax: expected range [low, high] with low < high, got [${low}, ${high}].`);
  }
  return {
    fit(train) {
      checkTraining("minMax.fit", train);
      const columns = columnCount(train.shape, perColumn);
      const min = new Float64Array(columns).fill(Infinity);
      const max = new Float64Array(columns).fill(-Infinity);
      for (let index = 0, column = 0; index < train.size; index++) {
        const value = train.data[index]!;
        if (value < min[column]!) min[column] = value;
        if (value > max[column]!) max[column] = value;
        if (++column === columns) column = 0;
      }
      const scale = min.map((least, column) => (max[column] === least ? 0 : (high - low) / (max[column]! - least)));
      const map: ColumnAffine = { center: min, scale, shift: low };
      const shape = perColumn ? train.shape.slice(1) : [];
      return {
        min: tensor(min, { shape }),
        max: tensor(max, { shape }),
        ...columnTransform("minMax", perColumn ? shape : undefined, map),
      };
    },
  };
}
