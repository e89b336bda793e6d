import { type Generator, type Tensor, zeros } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { linear } from "../functional/linear.ts";
import { fillUniform, source } from "../init/fill.ts";
import { Module } from "../module/module.ts";
import { Parameter } from "../module/parameter.ts";
import { checkFeatures } from "./check-features.ts";
import { checkFloatDType, type FloatDType } from "./check-float-dtype.ts";
import { initialize, type Initializer } from "./initializer.ts";

/** Options of {@link Dense}. */
export interface DenseOptions {
  /** Whether there is a bias; true unless given. */
  readonly bias?: boolean;
  /** Initialiser of the weight; PyTorch's `U(±1/√inFeatures)` unless given. */
  readonly init?: Initializer;
  /** Initialiser of the bias; PyTorch's `U(±1/√inFeatures)` unless given. */
  readonly biasInit?: Initializer;
  /** Source of randomness; the default generator unless given. */
  readonly generator?: Generator;
  /** Dtype of the parameters, float32 unless given. */
  readonly dtype?: FloatDType;
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
export class Dense extends Module {
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** `[outFeatures, inFeatures]` */
  readonly weight: Parameter;
  /** `[outFeatures]` */
  readonly bias: Parameter | undefined;

  constructor(inFeatures: number, outFeatures: number, options: DenseOptions = {}) {
    super();
    checkOptions("Dense", options, ["bias", "init", "biasInit", "generator", "dtype"]);
    const { bias = true, init, biasInit, dtype = "float32" } = options;
    checkFeatures("Dense", "inFeatures", inFeatures);
    checkFeatures("Dense", "outFeatures", outFeatures);
    checkFloatDType("Dense", dtype);
    const random = source(options);
    const fill = (shape: readonly number[], initializer: Initializer | undefined): Parameter => {
      const parameter = new Parameter(zeros(shape, { dtype }));
      const bound = 1 / Math.sqrt(inFeatures);
      if (initializer === undefined) fillUniform(parameter, -bound, bound, random);
      else initialize("Dense", parameter, initializer, random);
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

  override details(): string {
    return `${this.inFeatures}, ${this.outFeatures}${this.bias === undefined ? ", bias=false" : ""}`;
  }
}
