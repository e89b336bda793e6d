import type { Tensor } from "@tapegrad/tensor";
import { expectNothing } from "@tapegrad/tensor/internal";
import { randomTable } from "../init/fill.ts";
import {
  channelShape,
  divide,
  drop,
  DroppingLayer,
  type DropoutLayerOptions,
  type DropoutOptions,
  dropoutTable,
  elementShape,
} from "./dropping.ts";

/**
 * Inverted dropout: sets each element to 0 with probability `rate` and divides the others by
 * `1 − rate`, so that the expectation stays. The identity when `training` is false. A dropped element is 0 whatever it
 * was, NaN and infinities included, and so is its gradient.
 *
 * Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html (its p is the probability of keeping)
 *
 * @param x any shape; integers become float32
 */
export function dropout(x: Tensor, options: DropoutOptions = {}): Tensor {
  return drop("dropout", x, options, dropoutTable, elementShape, divide);
}

/** {@link dropout} in training, the identity in evaluation. */
export class Dropout extends DroppingLayer {
  static override readonly name: string = "Dropout";

  constructor(rate: number = 0.5, options: DropoutLayerOptions = {}) {
    super(rate, options, randomTable);
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("Dropout.forward", none);
    return dropout(x, this.settings);
  }
}

/**
 * Dropout of whole channels: {@link dropout} that draws once for all positions of a channel of a sample, since
 * neighbouring positions know of each other.
 *
 * @param x `[N, C, ...]`; integers become float32
 * @throws {ShapeError} for fewer than two axes
 * @see Tompson et al. 2014, https://arxiv.org/abs/1411.4280
 * @example
 * const y = spatialDropout(ones([1, 3, 4]), { rate: 0.5 });
 * y.std({ axis: 2 }).toArray(); // => [[0, 0, 0]]
 * new SpatialDropout(0.5).eval().forward(ones([1, 1, 2])).toArray(); // => [[[1, 1]]]
 */
export function spatialDropout(x: Tensor, options: DropoutOptions = {}): Tensor {
  return drop("spatialDropout", x, options, dropoutTable, (t) => channelShape("spatialDropout", t), divide);
}

/** {@link spatialDropout} in training, the identity in evaluation; for any number of positions. */
export class SpatialDropout extends DroppingLayer {
  static override readonly name: string = "SpatialDropout";

  constructor(rate: number = 0.5, options: DropoutLayerOptions = {}) {
    super(rate, options, randomTable);
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("SpatialDropout.forward", none);
    return spatialDropout(x, this.settings);
  }
}
