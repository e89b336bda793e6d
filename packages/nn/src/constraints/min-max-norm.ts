import { ValueError } from "@tapegrad/tensor";
import { expectTensor, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import type { ConstraintFunction } from "./constraint.ts";
import { lengths, type LengthOptions, lengthTable, scaleTo } from "./lengths.ts";

/** Options of {@link minMaxNorm}. */
export interface MinMaxNormOptions extends LengthOptions {
  /** Smallest length; 0 unless given. */
  readonly min?: number;
  /** Largest length; 1 unless given. */
  readonly max?: number;
  /** Which part of the way to the nearest allowed length is gone at once; 1 unless given, all of it. */
  readonly rate?: number;
}

const table: OptionTable<MinMaxNormOptions> = {
  min: option(ranges.nonNegative, 0),
  max: option(ranges.nonNegative, 1),
  rate: option(ranges.unit, 1),
  ...lengthTable,
};

/**
 * Moves lengths into `[min, max]`: `w · (rate · clamp(‖w‖, min, max) + (1 − rate) · ‖w‖) / (‖w‖ + 1e-7)`.
 *
 * The vectors are the weights into one output unit, rows of the layout `[out, in]`, as Keras' axis 0 means of its kernels
 * `[in, out]`. A vector of zeros has no direction, and stays.
 *
 * @throws {ValueError} for a negative length, `min` above `max`, or a rate outside of [0, 1]
 * @throws {ShapeError} for an axis that the weight does not have
 * @example
 * constraints.minMaxNorm({ min: 1, max: 2.5 })(tensor([[3, 4], [0.3, 0.4]])).toArray(); // => [[1.5, 2], [0.6, 0.8]]
 */
export function minMaxNorm(options: MinMaxNormOptions = {}): ConstraintFunction {
  const { min, max, rate, axis } = settleOptions("minMaxNorm", options, table);
  if (min > max) throw new ValueError(`minMaxNorm: expected min ≤ max, got min ${min} and max ${max}.`);
  return (weight) => {
    expectTensor("minMaxNorm", "weight", weight);
    const actual = lengths(weight, axis);
    return scaleTo(
      weight,
      actual
        .clamp(min, max)
        .mul(rate)
        .add(actual.mul(1 - rate)),
      actual,
    );
  };
}
