import { DTypeError, ShapeError, type Tensor, where } from "@tapegrad/tensor";
import {
  asFloat,
  expectNothing,
  expectOptionalTensor,
  expectTensor,
  formatShape,
  option,
  type OptionTable,
  ranges,
  settleOptions,
  sizeOf,
} from "@tapegrad/tensor/internal";
import { expectMask, maskRow } from "../module/expect-mask.ts";
import { ConfiguredModule } from "../module/configured-module.ts";

/** Options of {@link GlobalAvgPool} and {@link GlobalMaxPool}. */
export interface GlobalPoolLayerOptions {
  /** Whether spatial axes stay with extent 1; false unless given. */
  readonly keepDims?: boolean;
}

/** Options of {@link globalAvgPool} and {@link globalMaxPool}. */
export interface GlobalPoolOptions extends GlobalPoolLayerOptions {
  /** Which positions count, bool of shape `[N, ...spatial]`; all unless given. */
  readonly mask?: Tensor | undefined;
}

const layerTable: OptionTable<GlobalPoolLayerOptions> = { keepDims: option(ranges.flag, false) };
const table: OptionTable<GlobalPoolOptions> = { ...layerTable, ...maskRow };

/** The shape of the result, and the mask `[N, 1, ...spatial]`. */
function prepare(fn: string, x: Tensor, options: GlobalPoolOptions): { shape: number[]; mask: Tensor | undefined } {
  expectTensor(fn, "x", x);
  const { keepDims, mask } = settleOptions(fn, options, table);
  const [samples, channels, ...spatial] = x.shape;
  if (samples === undefined || channels === undefined || spatial.length === 0) {
    throw new ShapeError(`${fn}: expected input [N, C, ...spatial], got shape ${formatShape(x.shape)}.`);
  }
  const shape = [samples, channels, ...(keepDims ? spatial.map(() => 1) : [])];
  if (mask === undefined) return { shape, mask };
  expectMask(fn, mask, [samples, ...spatial]);
  return { shape, mask: mask.unsqueeze(1) };
}

/**
 * The mean of every channel over all its positions, or over those that a mask leaves: NaN where it leaves none.
 *
 * @param x `[N, C, ...spatial]`; integers become float32
 * @returns `[N, C]`, or `[N, C, 1, ...]` with `keepDims`
 * @throws {ShapeError} when there is no spatial axis, or the mask is not `[N, ...spatial]`
 * @throws {DTypeError} for a mask that is not bool
 * @see Lin, Chen and Yan 2013, https://arxiv.org/abs/1312.4400
 * @example
 * globalAvgPool(tensor([[[[1, 2], [3, 6]]]])).toArray(); // => [[3]]
 * globalAvgPool(tensor([[[1, 3, 100]]]), { mask: tensor([[1, 1, 0]]).ne(0) }).toArray(); // => [[2]]
 * new GlobalAvgPool().forward(randn([8, 32, 7, 7])).shape; // => [8, 32]
 */
export function globalAvgPool(x: Tensor, options: GlobalPoolOptions = {}): Tensor {
  const { shape, mask } = prepare("globalAvgPool", x, options);
  const axis = x.shape.map((_, a) => a).slice(2);
  if (mask === undefined) return x.mean({ axis }).reshape(shape);
  const counts = mask.sum({ axis }); // [N, 1]
  return where(mask, asFloat(x), 0).sum({ axis }).div(counts).reshape(shape);
}

/**
 * The largest element of every channel over all its positions, or over those that a mask leaves: −∞ where it leaves none. The
 * gradient goes to the first among ties.
 *
 * @param x `[N, C, ...spatial]`; with a mask integers become float32
 * @returns `[N, C]`, or `[N, C, 1, ...]` with `keepDims`
 * @throws {ShapeError} when there is no position, or the mask is not `[N, ...spatial]`
 * @throws {DTypeError} for a mask that is not bool
 * @see Oquab et al. 2015, https://doi.org/10.1109/CVPR.2015.7298668
 * @example
 * globalMaxPool(tensor([[[[1, 2], [3, 6]]]])).toArray(); // => [[6]]
 * globalMaxPool(tensor([[[1, 3, 100]]]), { mask: tensor([[1, 1, 0]]).ne(0) }).toArray(); // => [[3]]
 * new GlobalMaxPool({ keepDims: true }).forward(randn([8, 32, 7, 7])).shape; // => [8, 32, 1, 1]
 */
export function globalMaxPool(x: Tensor, options: GlobalPoolOptions = {}): Tensor {
  const { shape, mask } = prepare("globalMaxPool", x, options);
  const [samples, channels, ...spatial] = x.shape as [number, number, ...number[]];
  if (spatial.includes(0)) {
    throw new ShapeError(`globalMaxPool: expected spatial extents of at least 1, got shape ${formatShape(x.shape)}.`);
  }
  if (x.dtype === "bool") throw new DTypeError("globalMaxPool: expected numbers, got bool.");
  const flat = (mask === undefined ? x : where(mask, asFloat(x), -Infinity)).reshape([
    samples,
    channels,
    sizeOf(spatial),
  ]);
  const winner = flat.detach().argmax({ axis: 2, keepDims: true });
  return flat.gather(2, winner).reshape(shape);
}

abstract class GlobalPoolLayer extends ConfiguredModule<GlobalPoolLayerOptions, [x: Tensor, mask?: Tensor]> {
  private readonly poolFunction: typeof globalAvgPool;

  constructor(pool: typeof globalAvgPool, options: GlobalPoolLayerOptions) {
    super(options, layerTable);
    this.poolFunction = pool;
  }

  /**
   * @param x `[N, C, ...spatial]`
   * @param mask which positions count, bool of shape `[N, ...spatial]`; all unless given
   */
  override forward(x: Tensor, mask?: Tensor, ...none: []): Tensor {
    const fn = `${this.constructor.name}.forward`;
    expectNothing(fn, none);
    expectOptionalTensor(fn, "mask", mask);
    return this.poolFunction(x, { mask, ...this.options });
  }
}

/** {@link globalAvgPool} as a layer. */
export class GlobalAvgPool extends GlobalPoolLayer {
  static override readonly name: string = "GlobalAvgPool";

  constructor(options: GlobalPoolLayerOptions = {}) {
    super(globalAvgPool, options);
  }
}

/** {@link globalMaxPool} as a layer. */
export class GlobalMaxPool extends GlobalPoolLayer {
  static override readonly name: string = "GlobalMaxPool";

  constructor(options: GlobalPoolLayerOptions = {}) {
    super(globalMaxPool, options);
  }
}
