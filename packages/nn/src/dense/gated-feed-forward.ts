import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, expectTensor, expectValue, option, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { type ActivationFunction, type ActivationName, activationOf } from "../activations/activation.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import { type AffineOptions, affineTable } from "./affine-parameters.ts";
import { Dense } from "./dense.ts";

/** Options of {@link GatedFeedForward}. */
export interface GatedFeedForwardOptions extends Pick<AffineOptions, "generator" | "dtype"> {
  /** Of the gate, a function or its name: "silu" makes it SwiGLU, "gelu" GEGLU, "relu" ReGLU, "sigmoid" GLU; "silu" unless given. */
  readonly activation?: ActivationName | ActivationFunction;
  /** Whether the three maps have biases; false unless given, as in the paper. */
  readonly bias?: boolean;
}

const { generator, dtype } = affineTable;
const table: OptionTable<GatedFeedForwardOptions> = {
  activation: option(ranges.functionOrName<ActivationName | ActivationFunction>(), "silu"),
  bias: option(ranges.flag, false),
  generator,
  dtype,
};

/**
 * The feed-forward block of Transformers with a gated linear unit: `y = W₂·(f(W·x) ⊙ V·x)`.
 *
 * @param features of the last axis, before and afterwards
 * @param hiddenFeatures between the maps; ⅔ of what an ungated block has makes as many parameters
 * @see Shazeer, GLU Variants Improve Transformer (2020), https://arxiv.org/abs/2002.05202
 * @example
 * const block = new GatedFeedForward(4, 8, { activation: "gelu" });
 * block.forward(randn([3, 4])).shape; // => [3, 4]
 * Object.keys(block.stateDict()); // => ["gate.weight", "value.weight", "output.weight"]
 */
export class GatedFeedForward extends ConfiguredModule<GatedFeedForwardOptions> {
  static override readonly name: string = "GatedFeedForward";
  /** W, under the activation */
  readonly gate: Dense;
  /** V, which is multiplied by the gate */
  readonly value: Dense;
  /** W₂ */
  readonly output: Dense;
  private readonly activationFunction: ActivationFunction;

  constructor(features: number, hiddenFeatures: number, options: GatedFeedForwardOptions = {}) {
    super(options, table, [features, hiddenFeatures]);
    expectValue("GatedFeedForward", "features", features, ranges.extent);
    expectValue("GatedFeedForward", "hiddenFeatures", hiddenFeatures, ranges.extent);
    const { activation, bias, generator, dtype } = this.options;
    const shared = { bias, generator, dtype };
    this.activationFunction = activationOf("GatedFeedForward", activation);
    this.gate = new Dense(features, hiddenFeatures, shared);
    this.value = new Dense(features, hiddenFeatures, shared);
    this.output = new Dense(hiddenFeatures, features, shared);
  }

  /** @param x `[..., features]` */
  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("GatedFeedForward.forward", none);
    expectTensor("GatedFeedForward.forward", "x", x);
    return this.output.forward(this.activationFunction(this.gate.forward(x)).mul(this.value.forward(x)));
  }
}
