import { type Tensor, where } from "@tapegrad/tensor";
import { expectNothing } from "@tapegrad/tensor/internal";
import { seluLimit } from "../activations/selu.ts";
import { randomTable } from "../init/fill.ts";
import {
  channelShape,
  drop,
  type Dropping,
  DroppingLayer,
  type DropoutLayerOptions,
  type DropoutOptions,
  dropoutTable,
  elementShape,
} from "./dropping.ts";

/** `a·x + b` where it is kept, and `a·α' + b` elsewhere. */
const saturate: Dropping = (values, kept, rate) => {
  // Where all is dropped there is no variance to keep.
  const a = rate === 1 ? 0 : 1 / Math.sqrt((1 - rate) * (1 + rate * seluLimit ** 2));
  const b = -a * rate * seluLimit;
  return where(kept, values.mul(a).add(b), a * seluLimit + b);
};

/**
 * Dropout for networks of `selu`: sets each element to `α' = −1.7580993…`, the least that SELU gives, with probability
 * p = `rate`, then `y = a·x + b`, so that mean 0 and variance 1 stay what they are: `a = ((1 − p)·(1 + p·α'²))^−½`, `b = −a·p·α'`.
 * The identity when `training` is false; a dropped element has no gradient, and at rate 1 all are 0.
 *
 * @param x any shape; integers become float32
 * @see Klambauer et al., Self-Normalizing Neural Networks (2017), https://arxiv.org/abs/1706.02515
 * @example
 * const y = alphaDropout(zeros([100]), { rate: 0.5 });
 * y.min().item(); // => -0.7792
 * y.max().item(); // => 0.7792
 * new AlphaDropout(0.1).eval().forward(ones([2])).toArray(); // => [1, 1]
 */
export function alphaDropout(x: Tensor, options: DropoutOptions = {}): Tensor {
  return drop("alphaDropout", x, options, dropoutTable, elementShape, saturate);
}

/** {@link alphaDropout} in training, the identity in evaluation. */
export class AlphaDropout extends DroppingLayer {
  static override readonly name: string = "AlphaDropout";

  constructor(rate: number = 0.5, options: DropoutLayerOptions = {}) {
    super(rate, options, randomTable);
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("AlphaDropout.forward", none);
    return alphaDropout(x, this.settings);
  }
}

/**
 * {@link alphaDropout} of whole channels: it draws once for all positions of a channel of a sample.
 *
 * @param x `[N, C, ...]`; integers become float32
 * @throws {ShapeError} for fewer than two axes
 * @see Klambauer et al., Self-Normalizing Neural Networks (2017), https://arxiv.org/abs/1706.02515
 * @example
 * const y = featureAlphaDropout(zeros([1, 3, 4]), { rate: 0.5 });
 * y.std({ axis: 2 }).toArray(); // => [[0, 0, 0]]
 * new FeatureAlphaDropout(0.1).eval().forward(ones([1, 1, 2])).toArray(); // => [[[1, 1]]]
 */
export function featureAlphaDropout(x: Tensor, options: DropoutOptions = {}): Tensor {
  return drop("featureAlphaDropout", x, options, dropoutTable, (t) => channelShape("featureAlphaDropout", t), saturate);
}

/** {@link featureAlphaDropout} in training, the identity in evaluation; for any number of positions. */
export class FeatureAlphaDropout extends DroppingLayer {
  static override readonly name: string = "FeatureAlphaDropout";

  constructor(rate: number = 0.5, options: DropoutLayerOptions = {}) {
    super(rate, options, randomTable);
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("FeatureAlphaDropout.forward", none);
    return featureAlphaDropout(x, this.settings);
  }
}
