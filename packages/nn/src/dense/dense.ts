import { ShapeError, type Tensor, zeros } from "@tapegrad/tensor";
import {
  apply,
  expectValue,
  extent,
  flag,
  type FloatDType,
  floatDType,
  formatShape,
  option,
  optional,
  type OptionTable,
  sizeOf,
} from "@tapegrad/tensor/internal";
import { fillUniform, type RandomOptions, randomTable } from "../init/fill.ts";
import { initialize, initializer, type Initializer } from "../init/initializer.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import { Parameter } from "../module/parameter.ts";

/** Options of {@link Dense}. */
export interface DenseOptions extends RandomOptions {
  /** Whether there is a bias; true unless given. */
  readonly bias?: boolean;
  /** Initialiser of the weight; PyTorch's `U(±1/√inFeatures)` unless given. */
  readonly init?: Initializer | undefined;
  /** Initialiser of the bias; PyTorch's `U(±1/√inFeatures)` unless given. */
  readonly biasInit?: Initializer | undefined;
  /** Dtype of the parameters, float32 unless given. */
  readonly dtype?: FloatDType;
}

const table: OptionTable<DenseOptions> = {
  bias: option(flag, true),
  init: optional(initializer),
  biasInit: optional(initializer),
  ...randomTable,
  dtype: option(floatDType, "float32"),
};

/**
 * Affine map of the last axis: `y = x·Wᵀ + b`.
 *
 * @param x `[..., in]`
 * @param weight `[out, in]`, PyTorch's layout
 * @param bias `[out]`
 * @returns `[..., out]`, in the promoted dtype
 * @throws {ShapeError} when the last axis of `x` is not `in`
 * @example
 * ```ts
 * linear(tensor([[1, 2]]), tensor([[3, 4], [5, 6]]), tensor([0, 1])).toArray(); // => [[11, 18]]
 * ```
 */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const [out, inside] = weight.shape;
  if (out === undefined || inside === undefined || weight.ndim !== 2) {
    throw new ShapeError(`linear: expected a weight of shape [out, in], got ${formatShape(weight.shape)}.`);
  }
  if (x.ndim === 0 || x.shape.at(-1) !== inside) {
    throw new ShapeError(`linear: expected input of shape [..., ${inside}], got ${formatShape(x.shape)}.`);
  }
  if (bias !== undefined && (bias.ndim !== 1 || bias.shape[0] !== out)) {
    throw new ShapeError(`linear: expected a bias of shape [${out}], got ${formatShape(bias.shape)}.`);
  }
  const rows = x.ndim === 2 ? x : x.reshape([sizeOf(x.shape.slice(0, -1)), inside]); // [rows, in]
  const product =
    rows.dtype === weight.dtype
      ? apply("matmul", [rows, weight], { transposeA: false, transposeB: true })[0]
      : rows.matmul(weight.transpose());
  const y = bias === undefined ? product : product.add(bias);
  return x.ndim === 2 ? y : y.reshape([...x.shape.slice(0, -1), out]);
}

/**
 * Fully connected layer: `y = x·Wᵀ + b` on the last axis.
 *
 * @example
 * ```ts
 * const layer = new Dense(3, 2, { init: "ones", biasInit: "zeros" });
 * layer.forward(tensor([[1, 2, 3]])).toArray(); // => [[6, 6]]
 * ```
 */
export class Dense extends ConfiguredModule<DenseOptions> {
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** `[outFeatures, inFeatures]` */
  readonly weight: Parameter;
  /** `[outFeatures]` */
  readonly bias: Parameter | undefined;

  constructor(inFeatures: number, outFeatures: number, options: DenseOptions = {}) {
    super(options, table);
    const { bias, init, biasInit, generator, dtype } = this.options;
    expectValue("Dense", "inFeatures", inFeatures, extent);
    expectValue("Dense", "outFeatures", outFeatures, extent);
    const bound = 1 / Math.sqrt(inFeatures);
    const fill = (shape: readonly number[], by: Initializer | undefined): Parameter => {
      const parameter = new Parameter(zeros(shape, { dtype }));
      if (by === undefined) fillUniform(parameter, -bound, bound, { generator });
      else initialize("Dense", parameter, by, { generator });
      return parameter;
    };
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.weight = fill([outFeatures, inFeatures], init);
    this.bias = bias ? fill([outFeatures], biasInit) : undefined;
  }

  /**
   * @param x `[..., inFeatures]`
   * @returns `[..., outFeatures]`
   */
  override forward(x: Tensor): Tensor {
    return linear(x, this.weight, this.bias);
  }

  protected override positional(): readonly number[] {
    return [this.inFeatures, this.outFeatures];
  }
}
