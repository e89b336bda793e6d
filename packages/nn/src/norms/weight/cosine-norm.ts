import { cosinesBy, type CosineFunction, CosineLayer } from "../cosine-dense.ts";
import type { GivenFacts } from "../norm-facts.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "CosineDense(in, out)",
  axes: "every sample and the weights of every output of a dense layer, by their lengths",
  formula: "y = x · w / (‖x‖ · ‖w‖)",
  parameters: "the weight, and a factor if asked for",
  paper: { title: "Luo et al. 2017", link: "https://arxiv.org/abs/1702.05870" },
  invariances: ["scale of the weights", "scale of one neuron's weights", "scale of the data", "scale of one sample"],
  centred: false,
};

/**
 * Cosine normalization: a dense layer's product divided by the lengths of both of its factors, which is their cosine, in [−1, 1].
 *
 * `y = x · w / (‖x‖ · ‖w‖)`, for every sample and every row of the weight, with `‖x‖ = √(Σ x² + ε)`.
 * Backward: `dx = (Σ_j dy_j·ŵ_j − x̂·Σ_j dy_j·y_j) / ‖x‖`, and the same for the weight, summed over samples; x̂ and ŵ are
 * the vectors divided by their lengths. A vector of zeros gives zeros.
 *
 * @param x `[..., in]`; lengths are computed in float64
 * @param weight `[out, in]`
 * @returns `[..., out]`
 * @throws {ShapeError} when the last axis of `x` is not `in`
 * @throws {DTypeError} unless `x` and `weight` have one dtype
 * @see Luo et al. 2017, https://arxiv.org/abs/1702.05870
 * @example
 * cosineNorm(tensor([[3, 4]]), tensor([[2, 0], [0, 5], [6, 8]])).toArray(); // => [[0.6, 0.8, 1]]
 */
export const cosineNorm: CosineFunction = cosinesBy("cosineNorm", false);

/**
 * {@link cosineNorm} as a layer with its weight, without bias. As the last layer it needs a `scale`: a softmax of numbers in
 * [−1, 1] is nearly uniform.
 *
 * @example
 * new CosineDense(3, 2, { activation: "tanh" }).forward(randn([5, 3])).shape; // => [5, 2]
 * Object.keys(new CosineDense(3, 2, { scale: 10 }).stateDict()); // => ["weight", "scale"]
 */
export class CosineDense extends CosineLayer {
  static override readonly name: string = "CosineDense";

  protected override cosines(): CosineFunction {
    return cosineNorm;
  }
}
