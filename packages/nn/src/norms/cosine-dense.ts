import { full, type Tensor } from "@tapegrad/tensor";
import { asFloat, expectNothing, optional, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { activate } from "../activations/activation.ts";
import { checkLinear, linear } from "../dense/dense.ts";
import { DenseWithoutBias, type DenseWithoutBiasOptions, denseWithoutBiasTable } from "../dense/dense-without-bias.ts";
import { checkDTypes } from "../module/check-dtypes.ts";
import { Parameter } from "../module/parameter.ts";
import { lengthEps } from "./affine.ts";
import { unitVectors } from "./standardized.ts";

/** Options of {@link CosineFunction}. */
export interface CosineOptions {
  /** Added to the squared lengths inside the root; 1e-10 unless given. */
  readonly eps?: number;
}

/** Options of layers of cosines. */
export interface CosineDenseOptions extends CosineOptions, DenseWithoutBiasOptions {
  /** What the trained factor of all outputs is at first; there is none unless given. A last layer before a softmax needs one. */
  readonly scale?: number | undefined;
}

/** Cosines of samples and rows of a weight, `[..., in]` and `[out, in]` to `[..., out]`. */
export type CosineFunction = (x: Tensor, weight: Tensor, options?: CosineOptions) => Tensor;

const argumentTable: OptionTable<CosineOptions> = { eps: lengthEps };
const table: OptionTable<CosineDenseOptions> = {
  eps: lengthEps,
  scale: optional(ranges.finite),
  ...denseWithoutBiasTable,
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
export abstract class CosineLayer extends DenseWithoutBias<CosineDenseOptions> {
  /** Factor of all outputs, of no axes. */
  scale: Parameter | undefined;

  constructor(inFeatures: number, outFeatures: number, options: CosineDenseOptions = {}) {
    super(inFeatures, outFeatures, options, table);
    const { scale, dtype } = this.options;
    this.scale = scale === undefined ? undefined : new Parameter(full([], scale, { dtype }));
  }

  /** What computes the cosines. */
  protected abstract cosines(): CosineFunction;

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing(`${this.constructor.name}.forward`, none);
    const { weight, scale, activation } = this;
    const cosines = this.cosines()(x, weight, { eps: this.options.eps });
    return activate(scale === undefined ? cosines : cosines.mul(scale), activation);
  }
}
