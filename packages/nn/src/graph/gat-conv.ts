import { ShapeError, Tensor, zeros } from "@tapegrad/tensor";
import { expectNothing, expectTensor, expectValue, formatShape, option, optional, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal"; // prettier-ignore
import { leakyRelu } from "../activations/leaky-relu.ts";
import { type AffineOptions, affineTable } from "../dense/affine-parameters.ts";
import { linear } from "../dense/dense.ts";
import { xavierUniform } from "../init/variance-scaling.ts";
import { checkVector } from "../module/check-vector.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import { Parameter } from "../module/parameter.ts";
import { boundScores, standardEps } from "../norms/activation/lipschitz-norm.ts";
import { checkEdges, checkNodes, checkWeight } from "../segments/edges.ts";
import { selfLoops } from "./gcn-conv.ts";
import { shares } from "../segments/segment-max.ts";
import { sums } from "../segments/segments.ts";

/** How {@link gatConv} and {@link GATConv} attend. */
export interface GATConvArguments {
  /** `[heads·features]`, or `[features]` without `concat`; none unless given */
  readonly bias?: Tensor | undefined;
  /** Whether the heads are joined, else averaged; true unless given. */
  readonly concat?: boolean;
  /** Slope of the leaky ReLU of the scores below 0; 0.2 unless given. */
  readonly negativeSlope?: number;
  /** Whether every node has an edge to itself besides those given; true unless given. */
  readonly selfLoops?: boolean;
  /** Whether the scores go through `lipschitzNorm`; false unless given. */
  readonly lipschitz?: boolean;
}

/** Options of {@link GATConv}. */
export interface GATConvOptions
  extends Omit<GATConvArguments, "bias">, Pick<AffineOptions, "bias" | "generator" | "dtype"> {
  /** How many attend side by side; 1 unless given. */
  readonly heads?: number;
}

const shared: OptionTable<Omit<GATConvArguments, "bias">> = {
  concat: option(ranges.flag, true),
  negativeSlope: option(ranges.finite, 0.2),
  selfLoops,
  lipschitz: option(ranges.flag, false),
};
const argumentTable: OptionTable<GATConvArguments> = { bias: optional(ranges.instanceOf(Tensor)), ...shared };
const { bias, generator, dtype } = affineTable;
const table: OptionTable<GATConvOptions> = { heads: option(ranges.extent, 1), ...shared, bias, generator, dtype };

/**
 * Graph attention: every node becomes a mean of its neighbours and itself, by weights that it gives them.
 *
 * With `h = x · Wᵀ` and an edge from j to i, `e_ij = LeakyReLU(a · [h_i, h_j])`, `α_ij = softmax_j e_ij` and
 * `y_i = Σ_j α_ij · h_j + b`, each head for itself; heads are joined, or averaged without `concat`.
 *
 * @param x `[nodes, in]`
 * @param edges sources and targets, int32 of shape `[2, edges]`; an edge that goes both ways is given twice
 * @param weight W, `[heads·features, in]`
 * @param attention a, `[heads, 2·features]`: what the target gives first, then the source
 * @returns `[nodes, heads·features]`, or `[nodes, features]` without `concat`
 * @throws {ShapeError} when shapes do not fit together
 * @throws {ValueError} for an edge between nodes that there are not
 * @see Veličković et al. 2017, https://arxiv.org/abs/1710.10903; `lipschitz`: Dasoulas, Scaman and Virmaux 2021, https://arxiv.org/abs/2103.04886
 * @example
 * const edges = tensor([[0, 1], [1, 0]], { dtype: "int32" });
 * gatConv(tensor([[1], [3], [5]]), edges, tensor([[1]]), tensor([[0, 0]])).toArray(); // => [[2], [2], [5]]
 * new GATConv(4, 2, { heads: 3, lipschitz: true }).forward(randn([3, 4]), edges).shape; // => [3, 6]
 */
export function gatConv(
  x: Tensor,
  edges: Tensor,
  weight: Tensor,
  attention: Tensor,
  options: GATConvArguments = {},
): Tensor {
  const nodes = checkNodes("gatConv", x, undefined);
  checkWeight("gatConv", x, weight);
  expectTensor("gatConv", "attention", attention);
  const { bias, concat, negativeSlope, selfLoops, lipschitz } = settleOptions("gatConv", options, argumentTable);
  const ends = checkEdges("gatConv", edges, nodes, selfLoops);
  const { source, target } = ends;
  const [heads = 0, both = 0] = attention.shape;
  const features = both / 2;
  if (attention.ndim !== 2 || !Number.isInteger(features) || weight.shape[0] !== heads * features) {
    throw new ShapeError(
      `gatConv: expected weight of shape [heads·features, in] and attention of shape [heads, 2·features], ` +
        `got ${formatShape(weight.shape)} and ${formatShape(attention.shape)}.`,
    );
  }
  checkVector("gatConv", "bias", bias, [concat ? heads * features : features]);
  const h = linear(x, weight).reshape([nodes, heads, features]);
  const part = (from: number): Tensor => h.mul(attention.slice([], [from, from + features])).sum({ axis: -1 }); // [nodes, heads]
  const sum = part(0).indexSelect(0, target).add(part(features).indexSelect(0, source));
  const scores = leakyRelu(sum, { negativeSlope }); // [edges, heads]
  const bounded = lipschitz ? boundScores(scores, h, attention, ends, standardEps) : scores;
  const weights = shares(bounded, target, nodes).unsqueeze(-1);
  const y = sums(h.indexSelect(0, source).mul(weights), target, nodes); // [nodes, heads, features]
  const joined = concat ? y.reshape([nodes, heads * features]) : y.mean({ axis: 1 });
  return bias === undefined ? joined : joined.add(bias);
}

/** {@link gatConv} as a layer; weight and attention are drawn as Glorot and Bengio do, its bias begins with zeros. */
export class GATConv extends ConfiguredModule<GATConvOptions, [x: Tensor, edges: Tensor]> {
  static override readonly name: string = "GATConv";
  /** Features of a node before. */
  readonly inFeatures: number;
  /** Features of each head. */
  readonly features: number;
  /** `[heads·features, inFeatures]` */
  weight: Parameter;
  /** `[heads, 2·features]` */
  attention: Parameter;
  /** `[heads·features]`, or `[features]` without `concat` */
  bias: Parameter | undefined;

  constructor(inFeatures: number, features: number, options: GATConvOptions = {}) {
    super(options, table, [inFeatures, features]);
    expectValue("GATConv", "inFeatures", inFeatures, ranges.extent);
    expectValue("GATConv", "features", features, ranges.extent);
    const { heads, concat, bias, generator, dtype } = this.options;
    this.inFeatures = inFeatures;
    this.features = features;
    const draw = (rows: number, columns: number): Parameter =>
      xavierUniform(new Parameter(zeros([rows, columns], { dtype })), { generator });
    this.weight = draw(heads * features, inFeatures);
    this.attention = draw(heads, 2 * features);
    this.bias = bias ? new Parameter(zeros([concat ? heads * features : features], { dtype })) : undefined;
  }

  /**
   * @param x `[nodes, inFeatures]`
   * @param edges sources and targets, int32 of shape `[2, edges]`
   */
  override forward(x: Tensor, edges: Tensor, ...none: []): Tensor {
    expectNothing("GATConv.forward", none);
    checkNodes("gatConv", x, this.inFeatures);
    const { concat, negativeSlope, selfLoops, lipschitz } = this.options;
    const { bias } = this;
    return gatConv(x, edges, this.weight, this.attention, { bias, concat, negativeSlope, selfLoops, lipschitz });
  }
}
