import { ShapeError, type Tensor } from "@tapegrad/tensor";
import { expectTensor, formatShape, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";

/** Options of {@link globalAvgPool} and {@link GlobalAvgPool}. */
export interface GlobalAvgPoolOptions {
  /** Whether spatial axes stay with extent 1; false unless given. */
  readonly keepDims?: boolean;
}

const table: OptionTable<GlobalAvgPoolOptions> = { keepDims: option(ranges.flag, false) };

/**
 * The mean of every channel over all its positions.
 *
 * @param x `[N, C, ...spatial]`; integers become float32
 * @returns `[N, C]`, or `[N, C, 1, ...]` with `keepDims`
 * @throws {ShapeError} when there is no spatial axis
 * @see Lin, Chen and Yan 2013, https://arxiv.org/abs/1312.4400
 * @example
 * globalAvgPool(tensor([[[[1, 2], [3, 6]]]])).toArray(); // => [[3]]
 * new GlobalAvgPool().forward(randn([8, 32, 7, 7])).shape; // => [8, 32]
 */
export function globalAvgPool(x: Tensor, options: GlobalAvgPoolOptions = {}): Tensor {
  expectTensor("globalAvgPool", "x", x);
  const { keepDims } = settleOptions("globalAvgPool", options, table);
  if (x.ndim < 3) {
    throw new ShapeError(`globalAvgPool: expected input [N, C, ...spatial], got shape ${formatShape(x.shape)}.`);
  }
  const axis = x.shape.map((_, a) => a).slice(2);
  return x.mean({ axis, keepDims });
}

/** {@link globalAvgPool} as a layer. */
export class GlobalAvgPool extends FunctionLayer<GlobalAvgPoolOptions> {
  static override readonly name: string = "GlobalAvgPool";

  constructor(options: GlobalAvgPoolOptions = {}) {
    super(globalAvgPool, table, options);
  }
}
