import { ShapeError, type Tensor } from "@tapegrad/tensor";
import {
  apply,
  expectNothing,
  expectOptionalTensor,
  expectTensor,
  expectValue,
  formatShape,
  type OptionTable,
  ranges,
  sameShape,
  sizeOf,
} from "@tapegrad/tensor/internal";
import {
  activate,
  type ActivationFunction,
  type ActivationOption,
  activationRow,
  givenActivation,
} from "../activations/activation.ts";
import { checkDTypes } from "../module/check-dtypes.ts";
import { checkVector } from "../module/check-vector.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import type { Parameter } from "../module/parameter.ts";
import { type AffineOptions, affineParameters, affineTable } from "./affine-parameters.ts";

/** Options of {@link Bilinear}. */
export interface BilinearOptions extends AffineOptions, ActivationOption {}

const table: OptionTable<BilinearOptions> = { ...affineTable, ...activationRow };

/**
 * Bilinear map of the last axes: `y[o] = Σᵢⱼ a[i]·W[o, i, j]·b[j] + c[o]`.
 *
 * @param a `[..., in1]`
 * @param b `[..., in2]`, of the same axes before the last as `a`
 * @param weight `[out, in1, in2]`
 * @param bias `[out]`
 * @returns `[..., out]`
 * @throws {ShapeError} when the last axes are not those of the weight, or the axes before differ
 * @throws {DTypeError} unless inputs and weight have one dtype
 * @example
 * bilinear(tensor([[1, 2]]), tensor([[3]]), tensor([[[4], [5]]]), tensor([0.5])).toArray(); // => [[42.5]]
 * new Bilinear(20, 30, 40).forward(randn([128, 20]), randn([128, 30])).shape; // => [128, 40]
 */
export function bilinear(a: Tensor, b: Tensor, weight: Tensor, bias?: Tensor, ...none: []): Tensor {
  expectNothing("bilinear", none);
  expectTensor("bilinear", "a", a);
  expectTensor("bilinear", "b", b);
  expectTensor("bilinear", "weight", weight);
  expectOptionalTensor("bilinear", "bias", bias);
  const [out, first, second] = weight.shape;
  if (out === undefined || first === undefined || second === undefined || weight.ndim !== 3) {
    throw new ShapeError(`bilinear: expected a weight of shape [out, in1, in2], got ${formatShape(weight.shape)}.`);
  }
  const before = a.shape.slice(0, -1);
  const fits = a.shape.at(-1) === first && b.shape.at(-1) === second && sameShape(before, b.shape.slice(0, -1));
  if (!fits) {
    throw new ShapeError(
      `bilinear: expected inputs of shapes [..., ${first}] and [..., ${second}], got ${formatShape(a.shape)} and ${formatShape(b.shape)}.`,
    );
  }
  checkVector("bilinear", "a bias", bias, [out]);
  checkDTypes("bilinear", { a, weight, b, bias });
  const rows = sizeOf(before);
  const [left] = apply("matmul", [a.reshape([1, rows, first]), weight], { transposeA: false, transposeB: false }); // [out, rows, in2]
  const product = left
    .mul(b.reshape([rows, second]))
    .sum({ axis: 2 })
    .transpose();
  return (bias === undefined ? product : product.add(bias)).reshape([...before, out]);
}

/**
 * {@link bilinear} with a trained weight and bias, and an activation if one is given. Both begin as U(±1/√in1), as in PyTorch.
 *
 * @example
 * const layer = new Bilinear(2, 3, 4);
 * layer.forward(randn([5, 2]), randn([5, 3])).shape; // => [5, 4]
 * layer.weight.shape; // => [4, 2, 3]
 */
export class Bilinear extends ConfiguredModule<BilinearOptions, [a: Tensor, b: Tensor]> {
  static override readonly name: string = "Bilinear";
  /** Extents of the last axes of the inputs. */
  readonly inFeatures: readonly [number, number];
  /** Extent of the output's last axis. */
  readonly outFeatures: number;
  /** `[outFeatures, in1, in2]` */
  weight: Parameter;
  /** `[outFeatures]` */
  bias: Parameter | undefined;
  /** Applied last. */
  activation: ActivationFunction | undefined;

  constructor(in1: number, in2: number, outFeatures: number, options: BilinearOptions = {}) {
    super(options, table, [in1, in2, outFeatures]);
    for (const [name, n] of Object.entries({ in1, in2, outFeatures })) expectValue("Bilinear", name, n, ranges.extent);
    this.inFeatures = [in1, in2];
    this.outFeatures = outFeatures;
    const parameters = affineParameters("Bilinear", [outFeatures, in1, in2], outFeatures, this.options, in1);
    ({ weight: this.weight, bias: this.bias } = parameters);
    this.activation = givenActivation("Bilinear", this.options);
  }

  override forward(a: Tensor, b: Tensor, ...none: []): Tensor {
    expectNothing("Bilinear.forward", none);
    return activate(bilinear(a, b, this.weight, this.bias), this.activation);
  }
}
