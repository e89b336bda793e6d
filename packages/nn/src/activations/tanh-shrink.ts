import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, expectTensor } from "@tapegrad/tensor/internal";
import { Module } from "../module/module.ts";

/**
 * What tanh takes away: `y = x − tanh(x)`
 *
 * @example
 * tanhShrink(tensor([0, 1])).toArray(); // => [0, 0.23841]
 * new TanhShrink().forward(tensor([-1, 0])).toArray(); // => [-0.23841, 0]
 */
export function tanhShrink(x: Tensor, ...none: []): Tensor {
  expectNothing("tanhShrink", none);
  expectTensor("tanhShrink", "x", x);
  return x.sub(x.tanh());
}

/** {@link tanhShrink} as a layer. */
export class TanhShrink extends Module {
  static override readonly name: string = "TanhShrink";
  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("TanhShrink.forward", none);
    return tanhShrink(x);
  }
}
