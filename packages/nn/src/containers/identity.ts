import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, expectTensor } from "@tapegrad/tensor/internal";
import { Module } from "../module/module.ts";

/** Gives its input back: a placeholder where a layer is optional. */
export class Identity extends Module {
  static override readonly name: string = "Identity";
  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("Identity.forward", none);
    expectTensor("Identity.forward", "x", x);
    return x;
  }
}
