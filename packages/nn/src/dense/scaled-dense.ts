import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, option, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { activate } from "../activations/activation.ts";
import { type Initializer, initializer } from "../init/initializer.ts";
import { linear } from "./dense.ts";
import { DenseWithoutBias, type DenseWithoutBiasOptions, denseWithoutBiasTable } from "./dense-without-bias.ts";

/** Options of {@link ScaledDense}. */
export interface ScaledDenseOptions extends Omit<DenseWithoutBiasOptions, "init"> {
  /** Exponent γ; 1 unless given, the mean-field scaling. 0.5 is Xavier's. */
  readonly gamma?: number;
  /** Initialiser of the weight, which has the same size at every width; N(0, 1) unless given. */
  readonly init?: Initializer;
}

const table: OptionTable<ScaledDenseOptions> = {
  gamma: option(ranges.finite, 1),
  ...denseWithoutBiasTable,
  init: option(initializer, "normal"),
};

/**
 * Dense layer without bias whose sum over N inputs is scaled by a power of N, and its weight by none: `y = x·Wᵀ / N^γ`.
 *
 * Of independent weights of variance 1 and inputs of mean square 1, the outputs have variance `N^(1 − 2γ)`: they vanish with
 * the width for γ = 1 and keep their size for γ = ½. The learning rate that goes with it grows like `N^(2γ − 2)` in units of
 * that of γ = 1 for a last layer.
 *
 * @see Yu and Spiliopoulos 2022, https://arxiv.org/abs/2209.01018
 * @example
 * const layer = new ScaledDense(4, 1, { init: "ones" });
 * layer.forward(tensor([[1, 2, 3, 6]])).toArray(); // => [[3]]
 */
export class ScaledDense extends DenseWithoutBias<ScaledDenseOptions> {
  static override readonly name: string = "ScaledDense";

  constructor(inFeatures: number, outFeatures: number, options: ScaledDenseOptions = {}) {
    super(inFeatures, outFeatures, options, table);
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("ScaledDense.forward", none);
    return activate(linear(x, this.weight).mul(this.inFeatures ** -this.options.gamma), this.activation);
  }
}
