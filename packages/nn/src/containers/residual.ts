import { ShapeError, type Tensor } from "@tapegrad/tensor";
import { formatShape, sameShape } from "@tapegrad/tensor/internal";
import { Module } from "../module/module.ts";
import { checkModule } from "./module-sequence.ts";

/**
 * Adds the input to the output of a module: `y = x + body(x)`.
 *
 * @see He et al. 2015, https://arxiv.org/abs/1512.03385
 * @throws {ShapeError} when the body changes the shape
 */
export class Residual extends Module {
  readonly body: Module;

  constructor(body: Module) {
    super();
    checkModule("Residual", body);
    this.body = body;
  }

  override forward(x: Tensor): Tensor {
    const y = this.body.forward(x);
    if (!sameShape(x.shape, y.shape)) {
      throw new ShapeError(
        `Residual: expected a body that keeps shape ${formatShape(x.shape)}, got ${formatShape(y.shape)}.`,
      );
    }
    return x.add(y);
  }
}
