import { ones, Tensor } from "@tapegrad/tensor";
import {
  asFloat,
  expectNothing,
  expectValue,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { checkNodes } from "../../segments/edges.ts";
import { checkPositions, means } from "../../segments/segments.ts";
import { checkVectors } from "../../module/check-vector.ts";
import { ConfiguredModule } from "../../module/configured-module.ts";
import { Parameter } from "../../module/parameter.ts";
import { affineParameters, applyAffine, type NormArguments, normArguments, type NormOptions, normOptions } from "../affine.ts"; // prettier-ignore
import { batches, type GivenFacts } from "../norm-facts.ts";
import type { OptionsOf } from "../../module/options-of.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "GraphNorm(features)",
  axes: "every feature over the nodes of each graph, less a trained share of its mean",
  formula: "y = γ · (x − α · μ) / √(⟨(x − α · μ)²⟩ + ε) + β",
  parameters: "α, γ, β of `[features]`",
  paper: { title: "Cai et al. 2021", link: "https://arxiv.org/abs/2009.03294" },
  invariances: batches,
  centred: true,
};

/** Options of {@link graphNorm}. */
export interface GraphNormArguments extends NormArguments {
  /** To which graph each node belongs, int32 of shape `[nodes]` from 0 to below the number of nodes; one graph unless given. */
  readonly graph?: Tensor | undefined;
  /** Share α of the mean that is subtracted, `[features]`; all of it unless given. */
  readonly meanScale?: Tensor | undefined;
}

/** Options of {@link GraphNorm}. */
export interface GraphNormOptions extends NormOptions {}

const eps = option(ranges.nonNegative, 1e-6, { shown: true });
const argumentTable: OptionTable<GraphNormArguments> = {
  graph: optional(ranges.instanceOf(Tensor)),
  meanScale: optional(ranges.instanceOf(Tensor)),
  ...normArguments,
  eps,
};
const table: OptionTable<GraphNormOptions> = { ...normOptions, eps };

/**
 * Graph normalization: standardizes every feature over the nodes of each graph of a batch, and learns how much of the mean
 * to subtract, since the mean may say what the graph looks like.
 *
 * `y = γ · (x − α · μ) / √(⟨(x − α · μ)²⟩ + ε) + β`, with μ and the mean in the root over the nodes of the graph.
 * Backward with `s = x − α·μ`, `ŝ = r·s`, `r` the reciprocal root and `g = γ·dy`: `ds = r·(g − ŝ·⟨g·ŝ⟩)`,
 * `dx = ds − α·⟨ds⟩`, `dα = −Σ ds·μ`. A graph of one node becomes β where α is 1.
 *
 * @param x `[nodes, features]`, the nodes of all graphs; integers become float32, statistics are computed in float64
 * @throws {ShapeError} when the input is not a matrix, or α, γ, β or `graph` do not fit
 * @throws {ValueError} for a graph that is not in `[0, nodes)`
 * @see Cai et al. 2021, https://arxiv.org/abs/2009.03294
 * @example
 * const graph = tensor([0, 0, 1, 1], { dtype: "int32" });
 * graphNorm(tensor([[1], [3], [10], [30]]), { graph, eps: 0 }).toArray(); // => [[-1], [1], [-1], [1]]
 * const norm = new GraphNorm(8);
 * norm.forward(randn([4, 8]), graph).shape; // => [4, 8]
 * Object.keys(norm.stateDict()); // => ["weight", "bias", "mean_scale"]
 */
export function graphNorm(x: Tensor, options: GraphNormArguments & OptionsOf<never> = {}): Tensor {
  const nodes = checkNodes("graphNorm", x, undefined);
  const { graph, meanScale, weight, bias, eps } = settleOptions("graphNorm", options, argumentTable);
  checkVectors("graphNorm", [x.shape[1]!], { meanScale, weight, bias });
  if (graph !== undefined) checkPositions("graphNorm", "graph", graph, nodes, nodes);
  // Of each node, what its graph has: [nodes, features], or [1, features] of one graph.
  const mean = (t: Tensor): Tensor =>
    graph === undefined ? t.mean({ axis: 0, keepDims: true }) : means(t, graph, nodes).indexSelect(0, graph);
  const values = asFloat(x);
  const wide = values.to("float64");
  const mu = mean(wide);
  const shifted = wide.sub(meanScale === undefined ? mu : mu.mul(meanScale));
  const normalized = shifted.mul(mean(shifted.square()).add(eps).rsqrt());
  return applyAffine(normalized.to(values.dtype), weight, bias);
}

/** {@link graphNorm} as a layer with α, γ and β; without `affine` α stays 1. */
export class GraphNorm extends ConfiguredModule<GraphNormOptions, [x: Tensor, graph?: Tensor]> {
  static override readonly name: string = "GraphNorm";
  /** Features of a node. */
  readonly features: number;
  /** γ, `[features]` */
  weight: Parameter | undefined;
  /** β, `[features]` */
  bias: Parameter | undefined;
  /** α, `[features]` */
  meanScale: Parameter | undefined;

  constructor(features: number, options: GraphNormOptions & OptionsOf<never> = {}) {
    super(options, table, [features]);
    expectValue(new.target.name, "features", features, ranges.extent);
    const { affine, dtype } = this.options;
    this.features = features;
    ({ weight: this.weight, bias: this.bias } = affineParameters("GraphNorm", [features], this.options));
    this.meanScale = affine ? new Parameter(ones([features], { dtype })) : undefined;
  }

  /**
   * @param x `[nodes, features]`
   * @param graph to which graph each node belongs, int32 of shape `[nodes]`; one graph unless given
   */
  override forward(x: Tensor, graph?: Tensor, ...none: []): Tensor {
    expectNothing("GraphNorm.forward", none);
    checkNodes("graphNorm", x, this.features);
    const { weight, bias, meanScale } = this;
    return graphNorm(x, { graph, weight, bias, meanScale, eps: this.options.eps });
  }
}
