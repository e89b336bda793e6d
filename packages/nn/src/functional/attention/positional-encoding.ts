import { stack, type Tensor, ValueError } from "@tapegrad/tensor";
import { checkOptions, iota } from "@tapegrad/tensor/internal";
import { expectNumber } from "../expect-number.ts";

/** Options of {@link positionalEncoding}. */
export interface PositionalEncodingArguments {
  /** Ratio of the longest wavelength to the shortest, 10000 unless given. */
  readonly base?: number | undefined;
  /** Dtype of the table, float32 unless given; angles are always float64. */
  readonly dtype?: "float32" | "float64" | undefined;
}

/**
 * Sines and cosines of a position at geometrically spaced wavelengths:
 * `PE[t, 2i] = sin(t / base^(2i/features))`, `PE[t, 2i+1] = cos(t / base^(2i/features))`.
 *
 * @param length number of positions
 * @param features an even number
 * @returns `[length, features]`
 * @throws {ValueError} for an odd number of features, or numbers below 1
 *
 * Vaswani et al. 2017, section 3.5, https://arxiv.org/abs/1706.03762
 *
 * @example
 * ```ts
 * positionalEncoding(2, 2).toArray(); // => [[0, 1], [0.8415, 0.5403]]
 * ```
 */
export function positionalEncoding(
  length: number,
  features: number,
  options: PositionalEncodingArguments = {},
): Tensor {
  const fn = "positionalEncoding";
  checkOptions(fn, options, ["base", "dtype"]);
  const { base = 10_000, dtype = "float32" } = options;
  checkEvenFeatures(fn, features);
  expectNumber(fn, "length", length, "to be a whole number of at least 1", (n) => Number.isSafeInteger(n) && n >= 1);
  expectNumber(fn, "base", base, "> 0", (b) => b > 0);
  const position = iota([length, 1], 0).to("float64");
  const pair = iota([1, features / 2], 1).to("float64");
  const angle = position.mul(pair.mul((-2 * Math.log(base)) / features).exp()); // [length, features / 2]
  return stack([angle.sin(), angle.cos()], -1).reshape([length, features]).to(dtype);
}

/** Throws unless sines and cosines can share `features`. */
export function checkEvenFeatures(fn: string, features: number): void {
  if (!Number.isSafeInteger(features) || features < 2 || features % 2 !== 0) {
    throw new ValueError(`${fn}: expected an even number of features of at least 2, got ${String(features)}.`);
  }
}
