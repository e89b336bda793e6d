import type { Tensor } from "@tapegrad/tensor";
import {
  apply,
  asFloat,
  expectNothing,
  expectTensor,
  expectValue,
  option,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { ConfiguredModule } from "../../module/configured-module.ts";
import { checkPositions } from "../channels.ts";
import type { GivenFacts } from "../norm-facts.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "LocalResponseNorm(size)",
  axes: "every value by those of neighbouring channels",
  formula: "y = x / (k + α/size · Σ x²)^β",
  paper: { title: "Krizhevsky, Sutskever and Hinton 2012", link: "https://papers.nips.cc/paper/4824" },
  invariances: [],
  centred: false,
};

/** Options of {@link localResponseNorm} and {@link LocalResponseNorm}. */
export interface LocalResponseNormOptions {
  /** Weight of the mean square of the neighbours, or of the sum of their squares; 1e-4 unless given. */
  readonly alpha?: number;
  /** Exponent; 0.75 unless given. */
  readonly beta?: number;
  /** Added to what alpha weighs, in units of x²; 1 unless given. */
  readonly k?: number;
  /** Whether the sum of squares is divided by `size`, as in PyTorch and unless given, or not, as in the paper and TensorFlow. */
  readonly average?: boolean;
}

const table: OptionTable<LocalResponseNormOptions> = {
  alpha: option(ranges.finite, 1e-4),
  beta: option(ranges.finite, 0.75),
  k: option(ranges.finite, 1),
  average: option(ranges.flag, true),
};

/**
 * Local response normalization: divides every value by what its neighbours in `size` channels amount to.
 * `y = x / (k + α/size · Σ x²)^β`, the sum over the window of channels from `c − ⌊size/2⌋` to
 * `c + ⌊(size − 1)/2⌋`; what lies outside counts as 0. α is divided by `size` unless `average` is false.
 *
 * @param x `[N, C, ...positions]`; integers become float32, other dtypes are kept
 * @param size number of channels in the window
 * @throws {ShapeError} for fewer than three axes
 * @see Krizhevsky, Sutskever and Hinton 2012, https://papers.nips.cc/paper/4824
 * @example
 * localResponseNorm(tensor([[[1], [2], [3]]]), 2, { alpha: 2, beta: 1 }).toArray(); // => [[[0.5], [0.3333333], [0.2142857]]]
 * new LocalResponseNorm(5, { k: 2 }).forward(ones([1, 8, 2, 2])).shape; // => [1, 8, 2, 2]
 */
export function localResponseNorm(x: Tensor, size: number, options: LocalResponseNormOptions = {}): Tensor {
  expectTensor("localResponseNorm", "x", x);
  const { alpha, beta, k, average } = settleOptions("localResponseNorm", options, table);
  expectValue("localResponseNorm", "size", size, ranges.count);
  checkPositions("localResponseNorm", x);
  const values = asFloat(x);
  const before = Math.floor(size / 2);
  const widths = x.shape.map((_, axis): [number, number] => (axis === 1 ? [before, size - 1 - before] : [0, 0]));
  const windows = { axes: [1], size: [size], stride: [1], dilation: [1] };
  const [neighbours] = apply("windows", [values.square().pad(widths)], windows); // [N, C, ...positions, size]
  const pooled = average ? neighbours.mean({ axis: -1 }) : neighbours.sum({ axis: -1 });
  const amount = pooled.mul(alpha).add(k); // [N, C, ...positions]
  return values.mul(amount.pow(-beta));
}

/** {@link localResponseNorm} as a layer. */
export class LocalResponseNorm extends ConfiguredModule<LocalResponseNormOptions> {
  static override readonly name: string = "LocalResponseNorm";
  /** How many neighbouring channels count. */
  readonly size: number;

  constructor(size: number, options: LocalResponseNormOptions = {}) {
    super(options, table, [size]);
    expectValue(new.target.name, "size", size, ranges.count);
    this.size = size;
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("LocalResponseNorm.forward", none);
    return localResponseNorm(x, this.size, this.options);
  }
}
