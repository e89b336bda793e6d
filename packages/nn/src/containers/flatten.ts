import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, expectTensor, sizeOf } from "@tapegrad/tensor/internal";
import { Module } from "../module/module.ts";

/**
 * Joins all axes after the first: `[N, ...]` becomes `[N, features]`.
 *
 * @example
 * new Flatten().forward(zeros([2, 3, 4])).shape; // => [2, 12]
 */
export class Flatten extends Module {
  static override readonly name: string = "Flatten";
  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("Flatten.forward", none);
    expectTensor("Flatten.forward", "x", x);
    const [n = 1, ...rest] = x.shape;
    return x.reshape([n, sizeOf(rest)]);
  }
}
