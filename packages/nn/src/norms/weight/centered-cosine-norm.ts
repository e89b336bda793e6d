import { cosinesBy, type CosineFunction, CosineLayer } from "../cosine-dense.ts";
import { centredNeurons, type GivenFacts } from "../norm-facts.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "CenteredCosineDense(in, out)",
  axes: "every sample and the weights of every output of a dense layer, by their means and lengths",
  formula: "y = (x − x̄) · (w − w̄) / (‖x − x̄‖ · ‖w − w̄‖)",
  parameters: "the weight, and a factor if asked for",
  paper: { title: "Luo et al. 2017", link: "https://arxiv.org/abs/1702.05870" },
  invariances: [...centredNeurons, "scale of the data", "scale of one sample"],
  centred: true,
};

/**
 * Centred cosine normalization: the correlation (Pearson's) of each sample with the weights of each output, in [−1, 1].
 *
 * `y = (x − x̄) · (w − w̄) / (‖x − x̄‖ · ‖w − w̄‖)`, for every sample and every row of the weight, with `‖x‖ = √(Σ x² + ε)`.
 * Backward: that of `cosineNorm` for the centred vectors, less the mean of each result. A vector of equal numbers gives zeros.
 *
 * @param x `[..., in]`; means and lengths are computed in float64
 * @param weight `[out, in]`
 * @returns `[..., out]`
 * @throws {ShapeError} when the last axis of `x` is not `in`
 * @throws {DTypeError} unless `x` and `weight` have one dtype
 * @see Luo et al. 2017, https://arxiv.org/abs/1702.05870
 * @example
 * centeredCosineNorm(tensor([[1, 2, 3]]), tensor([[10, 20, 30], [5, 3, 1], [1, 0, 1]])).toArray(); // => [[1, -1, 0]]
 */
export const centeredCosineNorm: CosineFunction = cosinesBy("centeredCosineNorm", true);

/**
 * {@link centeredCosineNorm} as a layer with its weight, without bias. As the last layer it needs a `scale`.
 *
 * @example
 * new CenteredCosineDense(3, 2, { scale: 10 }).forward(randn([5, 3])).shape; // => [5, 2]
 */
export class CenteredCosineDense extends CosineLayer {
  static override readonly name: string = "CenteredCosineDense";

  protected override cosines(): CosineFunction {
    return centeredCosineNorm;
  }
}
