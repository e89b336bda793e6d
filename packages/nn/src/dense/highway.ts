import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, expectTensor, expectValue, option, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { type ActivationFunction, type ActivationName, activationOf } from "../activations/activation.ts";
import { constant } from "../init/fill.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import { type AffineOptions, affineTable } from "./affine-parameters.ts";
import { Dense } from "./dense.ts";

/** Options of {@link Highway}. */
export interface HighwayOptions extends Pick<AffineOptions, "generator" | "dtype"> {
  /** Of the transform H, a function or its name; "relu" unless given. */
  readonly activation?: ActivationName | ActivationFunction;
  /** What the biases of the gate T are at first; −2 unless given, so that the layer at first carries most of its input. */
  readonly gateBias?: number;
}

const { generator, dtype } = affineTable;
const table: OptionTable<HighwayOptions> = {
  activation: option(ranges.functionOrName<ActivationName | ActivationFunction>(), "relu"),
  gateBias: option(ranges.finite, -2),
  generator,
  dtype,
};

/**
 * A dense layer that decides for each feature how much of it to transform and how much to carry:
 * `y = T ⊙ H + (1 − T) ⊙ x` with `H = relu(W_H·x + b_H)` and `T = σ(W_T·x + b_T)`.
 *
 * @param features of the last axis, before and afterwards
 * @see Srivastava, Greff and Schmidhuber 2015, https://arxiv.org/abs/1505.00387
 * @example
 * new Highway(4).forward(randn([3, 4])).shape; // => [3, 4]
 * new Highway(2, { gateBias: -100 }).forward(tensor([[3, -4]])).toArray(); // => [[3, -4]]
 */
export class Highway extends ConfiguredModule<HighwayOptions> {
  static override readonly name: string = "Highway";
  /** Features of the last axis. */
  readonly features: number;
  /** W_H and b_H */
  readonly transform: Dense;
  /** W_T and b_T */
  readonly gate: Dense;
  private readonly activationFunction: ActivationFunction;

  constructor(features: number, options: HighwayOptions = {}) {
    super(options, table, [features]);
    expectValue("Highway", "features", features, ranges.extent);
    const { activation, gateBias, generator, dtype } = this.options;
    this.features = features;
    this.activationFunction = activationOf("Highway", activation);
    this.transform = new Dense(features, features, { generator, dtype });
    this.gate = new Dense(features, features, { biasInit: (bias) => constant(bias, gateBias), generator, dtype });
  }

  /** @param x `[..., features]` */
  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("Highway.forward", none);
    expectTensor("Highway.forward", "x", x);
    const transformed = this.activationFunction(this.transform.forward(x));
    return x.add(this.gate.forward(x).sigmoid().mul(transformed.sub(x)));
  }
}
