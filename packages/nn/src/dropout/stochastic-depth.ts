import { type Shape, ShapeError, type Tensor } from "@tapegrad/tensor";
import { expectNothing, expectValue, formatShape, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { randomTable } from "../init/fill.ts";
import {
  divide,
  drop,
  type DropMode,
  dropMode,
  DroppingLayer,
  type DropoutLayerOptions,
  type DropoutOptions,
  dropoutTable,
} from "./dropping.ts";

/** Options of {@link StochasticDepth}. */
export interface StochasticDepthLayerOptions extends DropoutLayerOptions {
  /** Whether each row of the first axis or the batch as a whole is dropped; "row" unless given. */
  readonly mode?: DropMode;
}

/** Options of {@link stochasticDepth}. */
export interface StochasticDepthOptions extends DropoutOptions, StochasticDepthLayerOptions {}

const layerTable: OptionTable<StochasticDepthLayerOptions> = { mode: dropMode, ...randomTable };
const table: OptionTable<StochasticDepthOptions> = { ...dropoutTable, mode: dropMode };

/** The shape of what is drawn. */
function rowShape({ shape, ndim }: Tensor, { mode }: StochasticDepthLayerOptions): Shape {
  if (mode === "batch") return [];
  if (ndim > 0) return shape.map((extent, axis) => (axis === 0 ? extent : 1));
  throw new ShapeError(`stochasticDepth: expected input of shape [N, ...], got ${formatShape(shape)}.`);
}

/**
 * Stochastic depth: the branch of a residual block, dropped as a whole with probability `rate` and divided by
 * `1 − rate` otherwise, as torchvision does it. The identity when `training` is false.
 *
 * `H_l = H_{l−1} + b_l · f_l(H_{l−1}) / p_l` with `b_l ~ Bernoulli(p_l)`, `p_l = 1 − rate`. The paper leaves out the
 * division and multiplies by p_l in evaluation instead: the same expectation, with branches of another size. It drops by
 * the batch; "row" is what is called DropPath elsewhere. The branch is computed in either case: what is saved is its
 * influence, not its time.
 *
 * @param x `[N, ...]`, the output of a branch; integers become float32
 * @throws {ShapeError} in mode "row" for a tensor without axes
 * @see Huang et al. 2016, https://arxiv.org/abs/1603.09382
 * @example
 * const y = stochasticDepth(ones([4, 3]), { rate: 0.5 });
 * y.std({ axis: 1 }).toArray(); // => [0, 0, 0, 0]
 * new StochasticDepth(0.5).eval().forward(ones([1, 2])).toArray(); // => [[1, 1]]
 */
export function stochasticDepth(x: Tensor, options: StochasticDepthOptions = {}): Tensor {
  return drop("stochasticDepth", x, options, table, rowShape, divide);
}

/**
 * {@link stochasticDepth} in training, the identity in evaluation: the last layer of a branch.
 *
 * @example
 * const rates = stochasticDepthRates(3, 0.2);
 * const block = (rate: number): Residual => new Residual(new Sequential(new Dense(4, 4), new StochasticDepth(rate)));
 * new Sequential(...rates.map(block)).forward(ones([2, 4])).shape; // => [2, 4]
 */
export class StochasticDepth extends DroppingLayer<StochasticDepthLayerOptions> {
  static override readonly name: string = "StochasticDepth";

  constructor(rate: number = 0.5, options: StochasticDepthLayerOptions = {}) {
    super(rate, options, layerTable);
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("StochasticDepth.forward", none);
    return stochasticDepth(x, this.settings);
  }
}

/**
 * The linear rule of stochastic depth: the rate at which each of `blocks` branches is dropped, first to last, `l/L · lastRate`
 * for l = 1 ... L. Branch l survives with `p_l = 1 − l/L · (1 − p_L)`.
 *
 * @param lastRate `1 − p_L`, 0.5 unless given, the paper's
 * @see Huang et al. 2016, https://arxiv.org/abs/1603.09382
 * @example
 * stochasticDepthRates(4); // => [0.125, 0.25, 0.375, 0.5]
 */
export function stochasticDepthRates(blocks: number, lastRate: number = 0.5, ...none: []): number[] {
  expectNothing("stochasticDepthRates", none);
  expectValue("stochasticDepthRates", "blocks", blocks, ranges.count);
  expectValue("stochasticDepthRates", "lastRate", lastRate, ranges.unit);
  return Array.from({ length: blocks }, (_, i) => ((i + 1) / blocks) * lastRate);
}
