import { type Tensor, where } from "@tapegrad/tensor";
import { asFloat, expectTensor, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";

/** Options of {@link squareplus} and {@link Squareplus}. */
export interface SquareplusOptions {
  /** Width of the bend, squared; 4 unless given. */
  readonly b?: number;
}

const table: OptionTable<SquareplusOptions> = { b: option(ranges.positive, 4) };

/** From where on, in units of √b, the root is |x| to the last bit of a float64, and its square could overflow. */
const straightFrom = 1e9;

/**
 * ReLU with a smooth bend, without powers of e: `y = (x + √(x² + b)) / 2`; it keeps full relative accuracy in the
 * negative tail.
 *
 * @see Barron, Squareplus (2021), https://arxiv.org/abs/2112.11687
 * @example
 * squareplus(tensor([-1e4, 0, 3], { dtype: "float64" })).toArray(); // => [0.0001, 1, 3.30277564]
 * new Squareplus({ b: 1 }).forward(tensor([0])).toArray(); // => [0.5]
 */
export function squareplus(x: Tensor, options: SquareplusOptions = {}): Tensor {
  expectTensor("squareplus", "x", x);
  const { b } = settleOptions("squareplus", options, table);
  const values = asFloat(x);
  const positive = values.gt(0);
  const size = where(positive, values, values.neg());
  const far = size.gt(straightFrom * Math.sqrt(b));
  const near = size.maskedFill(far, 0);
  // (|x| + √(x² + b)) / 2, which is the result where x > 0, and times it b/4 elsewhere.
  const larger = where(far, size, near.square().add(b).sqrt().add(near).mul(0.5));
  return where(positive, larger, larger.reciprocal().mul(b / 4));
}

/** {@link squareplus} as a layer. */
export class Squareplus extends FunctionLayer<SquareplusOptions> {
  static override readonly name: string = "Squareplus";

  constructor(options: SquareplusOptions = {}) {
    super(squareplus, table, options);
  }
}
