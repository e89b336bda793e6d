import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, expectTensor, expectFunction } from "@tapegrad/tensor/internal";
import { Module } from "../module/module.ts";

/**
 * A function as a module.
 *
 * @example
 * new Lambda((x) => x.mul(2)).forward(tensor([1, 2])).toArray(); // => [2, 4]
 */
export class Lambda extends Module {
  static override readonly name: string = "Lambda";
  private readonly lambdaFunction: (x: Tensor) => Tensor;

  constructor(fn: (x: Tensor) => Tensor, ...none: []) {
    super(...none);
    expectFunction("Lambda", "fn", fn);
    this.lambdaFunction = fn;
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("Lambda.forward", none);
    expectTensor("Lambda.forward", "x", x);
    return this.lambdaFunction(x);
  }

  override details(): string {
    return this.lambdaFunction.name;
  }
}
