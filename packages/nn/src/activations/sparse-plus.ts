import { type Tensor, where } from "@tapegrad/tensor";
import { expectNothing, expectTensor } from "@tapegrad/tensor/internal";
import { Module } from "../module/module.ts";

/**
 * Softplus of finite reach: `y = 0` for `x ≤ −1`, `(x + 1)² / 4` between, `x` for `x ≥ 1`; its slope is `sparseSigmoid`.
 *
 * @see Martins and Astudillo, From Softmax to Sparsemax (2016), https://arxiv.org/abs/1602.02068
 * @example
 * sparsePlus(tensor([-2, 0, 3])).toArray(); // => [0, 0.25, 3]
 * new SparsePlus().forward(tensor([0, 1])).toArray(); // => [0.25, 1]
 */
export function sparsePlus(x: Tensor, ...none: []): Tensor {
  expectNothing("sparsePlus", none);
  expectTensor("sparsePlus", "x", x);
  const linear = x.ge(1);
  const curve = x
    .maskedFill(linear.logicalOr(x.le(-1)), -1)
    .add(1)
    .square()
    .mul(0.25);
  return where(linear, x, curve);
}

/** {@link sparsePlus} as a layer. */
export class SparsePlus extends Module {
  static override readonly name: string = "SparsePlus";
  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("SparsePlus.forward", none);
    return sparsePlus(x);
  }
}
