import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, expectTensor } from "@tapegrad/tensor/internal";
import { Module } from "../module/module.ts";
import { hardTanh } from "./hard-tanh.ts";

/**
 * The sparsemax of two: `y = 0` for `x ≤ −1`, `(x + 1) / 2` between, 1 for `x ≥ 1`, with gradient 0 at ±1
 *
 * @see Martins and Astudillo, From Softmax to Sparsemax (2016), https://arxiv.org/abs/1602.02068
 * @example
 * sparseSigmoid(tensor([-2, 0, 0.5])).toArray(); // => [0, 0.5, 0.75]
 * new SparseSigmoid().forward(tensor([0, 3])).toArray(); // => [0.5, 1]
 */
export function sparseSigmoid(x: Tensor, ...none: []): Tensor {
  expectNothing("sparseSigmoid", none);
  expectTensor("sparseSigmoid", "x", x);
  return hardTanh(x).add(1).mul(0.5);
}

/** {@link sparseSigmoid} as a layer. */
export class SparseSigmoid extends Module {
  static override readonly name: string = "SparseSigmoid";
  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("SparseSigmoid.forward", none);
    return sparseSigmoid(x);
  }
}
