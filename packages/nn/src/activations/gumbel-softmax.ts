import { rand, type Tensor } from "@tapegrad/tensor";
import {
  asFloat,
  expectTensor,
  iota,
  normalizeAxes,
  option,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { type RandomOptions, randomTable } from "../init/fill.ts";
import type { AxisOptions } from "./axis-options.ts";

/** Options of {@link gumbelSoftmax}. */
export interface GumbelSoftmaxOptions extends AxisOptions, RandomOptions {
  /** Temperature: the lower, the closer a sample is to one-hot; 1 unless given. */
  readonly tau?: number;
  /** Whether samples are one-hot, with the gradient of the soft ones; false unless given. */
  readonly hard?: boolean;
}

const table: OptionTable<GumbelSoftmaxOptions> = {
  tau: option(ranges.positive, 1),
  hard: option(ranges.flag, false),
  axis: option(ranges.integer, -1),
  ...randomTable,
};

/**
 * A sample of a category that gradients pass through: `y = softmax((x + g) / tau)`, with `g` drawn from Gumbel's
 * distribution. With `hard` it is one-hot, and its gradient that of the soft one (straight through). Which element is
 * largest is a draw of `softmax(x)`, whatever the temperature.
 *
 * @param x logits of any shape; −∞ rules a category out
 * @throws {ShapeError} for an axis that `x` does not have
 * @see Jang, Gu and Poole, Categorical Reparameterization with Gumbel-Softmax (2016), https://arxiv.org/abs/1611.01144
 * @example
 * gumbelSoftmax(tensor([[0, -Infinity], [-100, 100]]), { hard: true }).toArray(); // => [[1, 0], [0, 1]]
 */
export function gumbelSoftmax(x: Tensor, options: GumbelSoftmaxOptions = {}): Tensor {
  expectTensor("gumbelSoftmax", "x", x);
  const { tau, hard, axis: given, generator } = settleOptions("gumbelSoftmax", options, table);
  const [axis] = normalizeAxes("gumbelSoftmax", given, x.ndim);
  if (axis === undefined) return gumbelSoftmax(x.reshape([1]), { ...options, axis: 0 }).reshape([]); // a number alone
  // Neither 0 nor 1, whose Gumbel numbers are infinite.
  const uniform = rand(x.shape, { dtype: "float64", generator }).clamp(2 ** -53, 1 - 2 ** -53);
  const noise = uniform.log().neg().log().neg();
  const logits = asFloat(x);
  const soft = logits.add(noise.to(logits.dtype)).div(tau).softmax({ axis });
  if (!hard || x.size === 0) return soft;
  const places = iota(
    x.shape.map((extent, a) => (a === axis ? extent : 1)),
    axis,
  );
  const chosen = places.eq(soft.detach().argmax({ axis, keepDims: true })).to(soft.dtype);
  return chosen.add(soft.sub(soft.detach()));
}
