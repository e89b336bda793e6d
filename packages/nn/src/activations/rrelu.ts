import { rand, type Tensor, ValueError, where } from "@tapegrad/tensor";
import {
  asFloat,
  expectNothing,
  expectTensor,
  option,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { type RandomOptions, randomTable } from "../init/fill.ts";
import { ConfiguredModule } from "../module/configured-module.ts";

/** Options of {@link RReLU}. */
export interface RReLUOptions extends RandomOptions {
  /** Smallest slope where `x ≤ 0`; 1/8 unless given. */
  readonly lower?: number;
  /** Largest slope; 1/3 unless given. */
  readonly upper?: number;
}

/** Options of {@link rrelu}. */
export interface RreluOptions extends RReLUOptions {
  /** Whether slopes are drawn; false unless given. */
  readonly training?: boolean;
}

const layerTable: OptionTable<RReLUOptions> = {
  lower: option(ranges.finite, 1 / 8),
  upper: option(ranges.finite, 1 / 3),
  ...randomTable,
};

const table: OptionTable<RreluOptions> = { ...layerTable, training: option(ranges.flag, false) };

function expectOrder(fn: string, { lower, upper }: { readonly lower: number; readonly upper: number }): void {
  if (lower > upper) throw new ValueError(`${fn}: expected lower ≤ upper, got lower ${lower} and upper ${upper}.`);
}

/**
 * ReLU with random negative slopes: `y = x` for `x > 0`, else `a · x`; in training `a` is drawn from U(lower, upper)
 * for each element, elsewhere it is their mean. The gradient at 0 is `a`.
 *
 * @throws {ValueError} for `lower` > `upper`
 * @see Xu et al., Empirical Evaluation of Rectified Activations in Convolutional Network (2015), https://arxiv.org/abs/1505.00853
 * @example
 * rrelu(tensor([-2, 3]), { lower: 0, upper: 0.5 }).toArray(); // => [-0.5, 3]
 */
export function rrelu(x: Tensor, options: RreluOptions = {}): Tensor {
  expectTensor("rrelu", "x", x);
  const settled = settleOptions("rrelu", options, table);
  expectOrder("rrelu", settled);
  const { lower, upper, training, generator } = settled;
  const values = asFloat(x);
  const slope = training
    ? rand(x.shape, { dtype: values.dtype, generator })
        .mul(upper - lower)
        .add(lower)
    : (lower + upper) / 2;
  return where(values.gt(0), values, values.mul(slope));
}

/**
 * {@link rrelu} as a layer: slopes are drawn in training, and are their mean in evaluation.
 *
 * @example
 * new RReLU({ lower: 0.1, upper: 0.3 }).eval().forward(tensor([-2, 3])).toArray(); // => [-0.4, 3]
 */
export class RReLU extends ConfiguredModule<RReLUOptions> {
  static override readonly name: string = "RReLU";

  constructor(options: RReLUOptions = {}) {
    super(options, layerTable);
    expectOrder("RReLU", this.options);
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("RReLU.forward", none);
    return rrelu(x, { training: this.training, ...this.options });
  }
}
