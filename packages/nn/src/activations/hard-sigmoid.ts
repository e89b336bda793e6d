import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, expectTensor } from "@tapegrad/tensor/internal";
import { Module } from "../module/module.ts";
import { hardTanh } from "./hard-tanh.ts";

/**
 * A sigmoid of three straight lines: `y = min(max(x / 6 + 1/2, 0), 1)`, with gradient 0 at ±3
 *
 * @see Courbariaux et al., BinaryConnect (2015), https://arxiv.org/abs/1511.00363
 * @example
 * hardSigmoid(tensor([-4, 0, 1.5])).toArray(); // => [0, 0.5, 0.75]
 * new HardSigmoid().forward(tensor([0, 4])).toArray(); // => [0.5, 1]
 */
export function hardSigmoid(x: Tensor, ...none: []): Tensor {
  expectNothing("hardSigmoid", none);
  expectTensor("hardSigmoid", "x", x);
  return hardTanh(x, { min: -3, max: 3 }).add(3).div(6);
}

/** {@link hardSigmoid} as a layer. */
export class HardSigmoid extends Module {
  static override readonly name: string = "HardSigmoid";
  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("HardSigmoid.forward", none);
    return hardSigmoid(x);
  }
}
