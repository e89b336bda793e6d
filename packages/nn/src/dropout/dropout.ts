import { rand, type Tensor, where, zeros } from "@tapegrad/tensor";
import {
  asFloat,
  expectNothing,
  expectTensor,
  expectValue,
  option,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { type RandomOptions, randomTable } from "../init/fill.ts";
import { ConfiguredModule } from "../module/configured-module.ts";

/** Options of {@link dropout}. */
export interface DropoutOptions extends RandomOptions {
  /** Probability of dropping an element, 0.5 unless given. */
  readonly rate?: number;
  /** Whether to drop at all; true unless given. */
  readonly training?: boolean;
}

/** Options of {@link Dropout}. */
export type DropoutLayerOptions = RandomOptions;

const table: OptionTable<DropoutOptions> = {
  rate: option(ranges.unit, 0.5),
  training: option(ranges.flag, true),
  ...randomTable,
};

/**
 * Inverted dropout: sets each element to 0 with probability `rate` and divides the others by
 * `1 − rate`, so that the expectation stays. The identity when `training` is false. A dropped element is 0 whatever it
 * was, NaN and infinities included, and so is its gradient.
 *
 * Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html (its p is the probability of keeping)
 *
 * @param x any shape; integers become float32
 */
export function dropout(x: Tensor, options: DropoutOptions = {}): Tensor {
  expectTensor("dropout", "x", x);
  const { rate, training, generator } = settleOptions("dropout", options, table);
  if (!training || rate === 0) return x;
  const values = asFloat(x);
  const drawn = rate === 1 ? undefined : rand(x.shape, { dtype: values.dtype, generator });
  // A choice, not a product: what is dropped is 0 even if it is NaN or infinite.
  const kept = drawn?.ge(rate) ?? zeros([], { dtype: "bool" });
  return where(kept, rate === 1 ? values : values.mul(1 / (1 - rate)), 0);
}

/** {@link dropout} in training, the identity in evaluation. */
export class Dropout extends ConfiguredModule<DropoutLayerOptions> {
  static override readonly name: string = "Dropout";
  /** Probability of an element to be dropped. */
  readonly rate: number;

  constructor(rate: number = 0.5, options: DropoutLayerOptions = {}) {
    super(options, randomTable, [rate]);
    expectValue("Dropout", "rate", rate, ranges.unit);
    this.rate = rate;
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("Dropout.forward", none);
    return dropout(x, { rate: this.rate, training: this.training, ...this.options });
  }
}
