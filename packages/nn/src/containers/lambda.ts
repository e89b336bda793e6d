import { type Tensor, ValueError } from "@tapegrad/tensor";
import { Module } from "../module/module.ts";

/**
 * A function as a module.
 *
 * @example
 * new Lambda((x) => x.mul(2)).forward(tensor([1, 2])).toArray(); // => [2, 4]
 */
export class Lambda extends Module {
  private readonly lambdaFunction: (x: Tensor) => Tensor;

  constructor(fn: (x: Tensor) => Tensor) {
    super();
    if (typeof fn !== "function") throw new ValueError(`Lambda: expected a function, got ${typeof fn}.`);
    this.lambdaFunction = fn;
  }

  override forward(x: Tensor): Tensor {
    return this.lambdaFunction(x);
  }

  override details(): string {
    return this.lambdaFunction.name;
  }
}
