import { ShapeError, type Tensor } from "@tapegrad/tensor";
import { expectNothing, expectTensor, formatShape, sameShape } from "@tapegrad/tensor/internal";
import { Module } from "../module/module.ts";
import { expectModule } from "../module/expect-module.ts";

/**
 * Adds the input to the output of a module: `y = x + body(x)`.
 *
 * @see He et al. 2015, https://arxiv.org/abs/1512.03385
 * @throws {ShapeError} when the body changes the shape
 */
export class Residual extends Module {
  static override readonly name: string = "Residual";
  /** The module around which the input goes. */
  readonly body: Module;

  constructor(body: Module, ...none: []) {
    super(...none);
    expectModule("Residual", "body", body);
    this.body = body;
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("Residual.forward", none);
    expectTensor("Residual.forward", "x", x);
    const y = this.body.forward(x);
    if (!sameShape(x.shape, y.shape)) {
      throw new ShapeError(
        `Residual: expected a body that keeps shape ${formatShape(x.shape)}, got ${formatShape(y.shape)}.`,
      );
    }
    return x.add(y);
  }
}
