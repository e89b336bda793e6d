import { ShapeError, type Tensor } from "@tapegrad/tensor";
import { asFloat, expectTensor, formatShape, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal"; // prettier-ignore
import { checkEdges, type Edges } from "../../segments/edges.ts";
import { largest } from "../../segments/segment-max.ts";
import { checkVectors } from "../../module/check-vector.ts";
import type { GivenFacts } from "../norm-facts.ts";
import type { OptionsOf } from "../../module/options-of.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "functional.lipschitzNorm(scores, x, attention, edges)",
  axes: "scores of the attention of nodes to their neighbours, by the lengths of these",
  formula: "y_ij = e_ij / √(16 · ‖a‖² · (max_j ‖x_j‖² + ‖x_i‖²) + ε)",
  paper: { title: "Dasoulas, Scaman and Virmaux 2021", link: "https://arxiv.org/abs/2103.04886" },
  invariances: ["scale of the weights", "scale of the data"],
  centred: false,
};

/** What is added unless given. */
export const standardEps = 1e-12;

/** Options of {@link lipschitzNorm}. */
export interface LipschitzNormOptions {
  /** Added inside the root; 1e-12 unless given. */
  readonly eps?: number;
}

const table: OptionTable<LipschitzNormOptions> = { eps: option(ranges.nonNegative, standardEps) };

/** {@link lipschitzNorm} of what is known to fit together. */
export function boundScores(scores: Tensor, x: Tensor, attention: Tensor, edges: Edges, eps: number): Tensor {
  const { source, target } = edges;
  const squares = x.square().sum({ axis: -1 }); // [nodes, heads]
  const bound = largest(squares.indexSelect(0, source), target, x.shape[0]!).add(squares).indexSelect(0, target);
  const length = attention.square().sum({ axis: -1 }).mul(16); // [heads]
  return scores.mul(bound.mul(length).add(eps).rsqrt());
}

/**
 * Lipschitz normalization of attention: divides the scores of the edges that reach a node by what bounds their gradients, so
 * that attention is Lipschitz continuous and stays so in deep networks.
 *
 * `y_ij = e_ij / √(16 · ‖a‖² · (max_j ‖x_j‖² + ‖x_i‖²) + ε)` for an edge from j to i, the maximum over all edges to i; the
 * gradient of the maximum goes to one of the largest. The authors' code adds ε to the root, and takes ‖x_j‖ in place of ‖x_i‖.
 *
 * @param scores e, `[edges, heads]`
 * @param x what attends, `[nodes, heads, features]`
 * @param attention a, by which the scores were computed, `[heads, 2·features]`
 * @param edges sources j and targets i, int32 of shape `[2, edges]`
 * @returns as `scores`
 * @throws {ShapeError} when shapes do not fit together
 * @throws {ValueError} for an edge between nodes that there are not
 * @see Dasoulas, Scaman and Virmaux 2021, https://arxiv.org/abs/2103.04886
 * @example
 * const edges = tensor([[0, 1], [1, 1]], { dtype: "int32" });
 * const nodes = tensor([[3], [4]]).reshape([2, 1, 1]);
 * lipschitzNorm(tensor([[40], [80]]), nodes, tensor([[2, 0]]), edges, { eps: 0 }).toArray(); // => [[0.8838835], [1.767767]]
 */
export function lipschitzNorm(
  scores: Tensor,
  x: Tensor,
  attention: Tensor,
  edges: Tensor,
  options: LipschitzNormOptions & OptionsOf<never> = {},
): Tensor {
  const fn = "lipschitzNorm";
  expectTensor(fn, "scores", scores);
  expectTensor(fn, "x", x);
  expectTensor(fn, "attention", attention);
  const { eps } = settleOptions(fn, options, table);
  const [nodes = 0, heads = 0, features = 0] = x.shape;
  if (x.ndim !== 3) throw new ShapeError(`${fn}: expected x of shape [nodes, heads, features], got ${formatShape(x.shape)}.`); // prettier-ignore
  const ends = checkEdges(fn, edges, nodes, false);
  checkVectors(fn, [heads, 2 * features], { attention });
  checkVectors(fn, [ends.source.size, heads], { scores });
  return boundScores(asFloat(scores), asFloat(x), attention, ends, eps);
}
