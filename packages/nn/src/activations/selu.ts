import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, expectTensor } from "@tapegrad/tensor/internal";
import { Module } from "../module/module.ts";
import { elu } from "./elu.ts";

const alpha = 1.6732632423543772;
const scale = 1.0507009873554805;

/** What SELU goes to as x goes to −∞. */
export const seluLimit: number = -alpha * scale;

/**
 * Scaled exponential linear unit: keeps mean 0 and variance 1 from layer to layer. `y = 1.0507… · elu(x, 1.6733…)`
 *
 * @see Klambauer et al. 2017, https://arxiv.org/abs/1706.02515
 * @example
 * selu(tensor([-1, 0, 1])).toArray(); // => [-1.1113, 0, 1.0507]
 * new SELU().forward(tensor([0, 1])).toArray(); // => [0, 1.0507]
 */
export function selu(x: Tensor, ...none: []): Tensor {
  expectNothing("selu", none);
  expectTensor("selu", "x", x);
  return elu(x, { alpha }).mul(scale);
}

/** {@link selu} as a layer. */
export class SELU extends Module {
  static override readonly name: string = "SELU";
  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("SELU.forward", none);
    return selu(x);
  }
}
