import { assign, cat, type Tensor, zeros } from "@tapegrad/tensor";

/** Parameters as one float64 vector. */
export class FlatParameters {
  readonly #params: readonly Tensor[];
  /** Number of elements. */
  readonly size: number;

  constructor(params: readonly Tensor[]) {
    this.#params = params;
    this.size = params.reduce((sum, { size }) => sum + size, 0);
  }

  /** Their values. */
  values(): Tensor {
    return joined(this.#params.map((param) => param.detach()));
  }

  /** Their gradients, 0 where there is none. */
  gradients(): Tensor {
    return joined(this.#params.map(({ grad, shape, dtype }) => grad?.detach() ?? zeros(shape, { dtype })));
  }

  /** Gives each its part of a vector, rounded to its dtype. */
  assign(values: Tensor): void {
    let start = 0;
    for (const param of this.#params) {
      const part = values.slice([start, start + param.size]);
      assign(param, part.reshape(param.shape).to(param.dtype));
      start += param.size;
    }
  }
}

function joined(tensors: readonly Tensor[]): Tensor {
  return cat(tensors.map((tensor) => tensor.to("float64").reshape([tensor.size])));
}
