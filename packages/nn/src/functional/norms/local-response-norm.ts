import { ShapeError, type Tensor, ValueError } from "@tapegrad/tensor";
import { apply, checkOptions, formatShape, asFloat } from "@tapegrad/tensor/internal";
import { expectNumber } from "../expect-number.ts";

/** Options of {@link localResponseNorm}. */
export interface LocalResponseNormOptions {
  /** Weight of the mean square of the neighbours; 1e-4 unless given. */
  readonly alpha?: number;
  /** Exponent; 0.75 unless given. */
  readonly beta?: number;
  /** Added to the weighted mean square, in units of x²; 1 unless given. */
  readonly k?: number;
}

/** Throws unless the window and the options make sense. */
export function checkLocalResponse(fn: string, size: number, options: LocalResponseNormOptions): void {
  checkOptions(fn, options, ["alpha", "beta", "k"]);
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new ValueError(`${fn}: expected size to be a whole number of at least 1, got ${String(size)}.`);
  }
  for (const [name, value] of Object.entries(options)) expectNumber(fn, name, value as number);
}

/**
 * Local response normalization: divides every value by what its neighbours in `size` channels amount to.
 *
 * `y = x / (k + α/size · Σ x²)^β`, the sum over the window of channels from `c − ⌊size/2⌋` to
 * `c + ⌊(size − 1)/2⌋`; what lies outside counts as 0. α is divided by `size`, unlike in the paper.
 *
 * @param x `[N, C, ...positions]`; integers become float32, other dtypes are kept
 * @param size number of channels in the window
 * @throws {ShapeError} for fewer than three axes
 * @throws {ValueError} for a `size` below 1 or an option that is not a finite number
 *
 * Krizhevsky, Sutskever and Hinton 2012, https://papers.nips.cc/paper/4824
 *
 * @example
 * ```ts
 * localResponseNorm(tensor([[[1], [2], [3]]]), 2, { alpha: 2, beta: 1 }).toArray(); // => [[[0.5], [0.3333333], [0.2142857]]]
 * ```
 */
export function localResponseNorm(x: Tensor, size: number, options: LocalResponseNormOptions = {}): Tensor {
  checkLocalResponse("localResponseNorm", size, options);
  if (x.ndim < 3) {
    throw new ShapeError(
      `localResponseNorm: expected input of shape [N, C, ...positions], got ${formatShape(x.shape)}.`,
    );
  }
  const { alpha = 1e-4, beta = 0.75, k = 1 } = options;
  const values = asFloat(x);
  const before = Math.floor(size / 2);
  const widths = x.shape.map((_, axis): [number, number] => (axis === 1 ? [before, size - 1 - before] : [0, 0]));
  const windows = { axes: [1], size: [size], stride: [1], dilation: [1] };
  const [neighbours] = apply("windows", [values.square().pad(widths)], windows); // [N, C, ...positions, size]
  const amount = neighbours.mean({ axis: -1 }).mul(alpha).add(k); // [N, C, ...positions]
  return values.mul(amount.pow(-beta));
}
