import { full, type Tensor } from "@tapegrad/tensor";
import {
  asFloat,
  expectNothing,
  expectValue,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import {
  activate,
  type ActivationFunction,
  type ActivationOption,
  activationRow,
  givenActivation,
} from "../activations/activation.ts";
import { type AffineOptions, affineParameters, affineTable } from "../dense/affine-parameters.ts";
import { checkLinear, linear } from "../dense/dense.ts";
import { checkDTypes } from "../module/check-dtypes.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import { Parameter } from "../module/parameter.ts";
import { lengthEps } from "./affine.ts";
import { unitVectors } from "./standardized.ts";

/** Options of {@link CosineFunction}. */
export interface CosineOptions {
  /** Added to the squared lengths inside the root; 1e-10 unless given. */
  readonly eps?: number;
}

/** Options of {@link CosineLayer}. */
export interface CosineDenseOptions
  extends
    CosineOptions,
    ActivationOption,
    Pick<AffineOptions, "init" | "generator" | "dtype" | "kernelRegularizer" | "kernelConstraint"> {
  /** What the trained factor of all outputs is at first; there is none unless given. A last layer before a softmax needs one. */
  readonly scale?: number | undefined;
}

/** Cosines of samples and rows of a weight, `[..., in]` and `[out, in]` to `[..., out]`. */
export type CosineFunction = (x: Tensor, weight: Tensor, options?: CosineOptions) => Tensor;

const argumentTable: OptionTable<CosineOptions> = { eps: lengthEps };
const { init, generator, dtype, kernelRegularizer, kernelConstraint } = affineTable;
const table: OptionTable<CosineDenseOptions> = {
  eps: lengthEps,
  scale: optional(ranges.finite),
  init,
  generator,
  dtype,
  kernelRegularizer,
  kernelConstraint,
  ...activationRow,
};

/** Cosines of vectors, less their means if `center`. */
export function cosinesBy(fn: string, center: boolean): CosineFunction {
  return (x, weight, options = {}) => {
    const { eps } = settleOptions(fn, options, argumentTable);
    checkLinear(fn, x, weight);
    checkDTypes(fn, { input: x, weight });
    const unit = (t: Tensor): Tensor => unitVectors(asFloat(t), { axes: [t.ndim - 1], eps, center });
    return linear(unit(x), unit(weight));
  };
}

/** A dense layer without bias whose outputs are cosines. */
export abstract class CosineLayer extends ConfiguredModule<CosineDenseOptions> {
  /** Extent of the input's last axis. */
  readonly inFeatures: number;
  /** Extent of the output's last axis. */
  readonly outFeatures: number;
  /** `[outFeatures, inFeatures]` */
  weight: Parameter;
  /** Factor of all outputs, of no axes. */
  scale: Parameter | undefined;
  /** Applied last. */
  activation: ActivationFunction | undefined;

  constructor(inFeatures: number, outFeatures: number, options: CosineDenseOptions = {}) {
    super(options, table, [inFeatures, outFeatures]);
    const fn = new.target.name;
    expectValue(fn, "inFeatures", inFeatures, ranges.extent);
    expectValue(fn, "outFeatures", outFeatures, ranges.extent);
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    const { scale, dtype } = this.options;
    const none = { bias: false, biasInit: undefined, biasRegularizer: undefined, biasConstraint: undefined };
    this.weight = affineParameters(fn, [outFeatures, inFeatures], outFeatures, { ...this.options, ...none }).weight;
    this.scale = scale === undefined ? undefined : new Parameter(full([], scale, { dtype }));
    this.activation = givenActivation(fn, this.options);
  }

  /** What computes the cosines. */
  protected abstract cosines(): CosineFunction;

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing(`${this.constructor.name}.forward`, none);
    const { weight, scale } = this;
    const cosines = this.cosines()(x, weight, { eps: this.options.eps });
    return activate(scale === undefined ? cosines : cosines.mul(scale), this.activation);
  }
}
