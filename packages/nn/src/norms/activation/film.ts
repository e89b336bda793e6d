import type { Tensor } from "@tapegrad/tensor";
import { asFloat, expectNothing, expectTensor, expectValue, ranges } from "@tapegrad/tensor/internal";
import type { Dense } from "../../dense/dense.ts";
import { checkVectors } from "../../module/check-vector.ts";
import { ConfiguredModule } from "../../module/configured-module.ts";
import { affineChannels, checkChannels } from "../channels.ts";
import { modulate, modulationLayer, type ModulationOptions, modulationTable } from "../modulation.ts";
import type { GivenFacts } from "../norm-facts.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "FiLM(features, conditions)",
  axes: "nothing: every channel of every sample is scaled and shifted as a condition says",
  formula: "y = γ(c) · x + β(c)",
  parameters: "weight `[2 · features, conditions]` and bias that make γ − 1 and β of the condition",
  paper: { title: "Perez et al. 2018", link: "https://arxiv.org/abs/1709.07871" },
  invariances: [],
  centred: false,
};

/**
 * Feature-wise linear modulation: scales and shifts every channel of every sample.
 *
 * `y = γ(c) · x + β(c)`, where γ and β come of a condition c. Backward: `dx = γ·dy`, `dγ = Σ dy·x` and `dβ = Σ dy` over the
 * positions.
 *
 * @param x `[N, C, ...]`; integers become float32
 * @param weight γ, `[N, C]`
 * @param bias β, `[N, C]`
 * @throws {ShapeError} when γ or β do not fit
 * @see Perez et al. 2018, https://arxiv.org/abs/1709.07871
 * @example
 * film(tensor([[1, 2], [3, 4]]), tensor([[1, 10], [1, 1]]), tensor([[0, 0], [5, 5]])).toArray(); // => [[1, 20], [8, 9]]
 * const layer = new FiLM(2, 3);
 * layer.forward(randn([4, 2, 8, 8]), randn([4, 3])).shape; // => [4, 2, 8, 8]
 */
export function film(x: Tensor, weight: Tensor, bias: Tensor, ...none: []): Tensor {
  expectNothing("film", none);
  const channels = checkChannels("film", x, undefined);
  expectTensor("film", "weight", weight);
  expectTensor("film", "bias", bias);
  checkVectors("film", [x.shape[0]!, channels], { weight, bias });
  return affineChannels(asFloat(x), weight, bias);
}

/**
 * {@link film} as a layer: a Dense layer makes γ and β of a condition. It gives γ − 1, so that γ is about 1 where the
 * condition says little; the identity at first, unless `init` is given.
 */
export class FiLM extends ConfiguredModule<ModulationOptions, [x: Tensor, condition: Tensor]> {
  static override readonly name: string = "FiLM";
  /** Channels of the input. */
  readonly features: number;
  /** What makes γ − 1 and β, side by side, of a condition. */
  readonly modulation: Dense;

  /** @param conditions extent of a condition */
  constructor(features: number, conditions: number, options: ModulationOptions = {}) {
    super(options, modulationTable, [features, conditions]);
    expectValue(new.target.name, "features", features, ranges.extent);
    expectValue(new.target.name, "conditions", conditions, ranges.extent);
    this.features = features;
    this.modulation = modulationLayer(conditions, 2 * features, this.options);
  }

  /**
   * @param x `[N, features, ...]`
   * @param condition `[N, conditions]`
   */
  override forward(x: Tensor, condition: Tensor, ...none: []): Tensor {
    expectNothing("FiLM.forward", none);
    checkChannels("film", x, this.features);
    const { weight, bias } = modulate(this.modulation, condition);
    return film(x, weight, bias);
  }
}
