import type { Tensor } from "@tapegrad/tensor";
import { asFloat, expectNothing, expectTensor } from "@tapegrad/tensor/internal";
import { Module } from "../module/module.ts";

/**
 * A bounded function with slower tails than tanh: `y = x / (1 + |x|)`
 *
 * @see Turian et al., Quadratic features and deep architectures for chunking (2009), https://aclanthology.org/N09-2062
 * @example
 * softsign(tensor([-1, 0, 3])).toArray(); // => [-0.5, 0, 0.75]
 * new Softsign().forward(tensor([-1, 3])).toArray(); // => [-0.5, 0.75]
 */
export function softsign(x: Tensor, ...none: []): Tensor {
  expectNothing("softsign", none);
  expectTensor("softsign", "x", x);
  const values = asFloat(x);
  return values.div(values.abs().add(1));
}

/** {@link softsign} as a layer. */
export class Softsign extends Module {
  static override readonly name: string = "Softsign";
  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("Softsign.forward", none);
    return softsign(x);
  }
}
