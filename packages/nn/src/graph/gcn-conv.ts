import { Tensor, where, zeros } from "@tapegrad/tensor";
import { expectNothing, expectValue, option, optional, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal"; // prettier-ignore
import { type AffineOptions, affineTable } from "../dense/affine-parameters.ts";
import { linear } from "../dense/dense.ts";
import { xavierUniform } from "../init/variance-scaling.ts";
import { checkVector } from "../module/check-vector.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import { Parameter } from "../module/parameter.ts";
import { checkEdges, checkNodes, checkWeight } from "../segments/edges.ts";
import { sums } from "../segments/segments.ts";

/** Options of {@link gcnConv}. */
export interface GCNConvArguments {
  /** `[out]`; none unless given */
  readonly bias?: Tensor | undefined;
  /** Whether every node has an edge to itself besides those given; true unless given. */
  readonly selfLoops?: boolean;
}

/** Options of {@link GCNConv}. */
export interface GCNConvOptions
  extends Pick<GCNConvArguments, "selfLoops">, Pick<AffineOptions, "bias" | "generator" | "dtype"> {}

/** Whether every node has an edge to itself besides those given. */
export const selfLoops: OptionTable<GCNConvArguments>["selfLoops"] = option(ranges.flag, true);
const argumentTable: OptionTable<GCNConvArguments> = { bias: optional(ranges.instanceOf(Tensor)), selfLoops };
const { bias, generator, dtype } = affineTable;
const table: OptionTable<GCNConvOptions> = { bias, selfLoops, generator, dtype };

/**
 * Graph convolution: every node becomes a weighted sum of its neighbours and itself, after one affine map for all.
 *
 * `y = D^−½ · (A + I) · D^−½ · x · Wᵀ + b`, where `A[i][j]` is how many edges go from j to i and D has the row sums of `A + I`;
 * a node that nothing reaches (without self-loops) has 0 in `D^−½`.
 *
 * @param x `[nodes, in]`
 * @param edges sources and targets, int32 of shape `[2, edges]`; an edge that goes both ways is given twice
 * @param weight `[out, in]`
 * @returns `[nodes, out]`
 * @throws {ShapeError} when shapes do not fit together
 * @throws {ValueError} for an edge between nodes that there are not
 * @see Kipf and Welling 2016, https://arxiv.org/abs/1609.02907
 * @example
 * const edges = tensor([[0, 1], [1, 0]], { dtype: "int32" });
 * gcnConv(tensor([[1], [3], [5]]), edges, tensor([[1]])).toArray(); // => [[2], [2], [5]]
 * new GCNConv(4, 2).forward(randn([3, 4]), edges).shape; // => [3, 2]
 */
export function gcnConv(x: Tensor, edges: Tensor, weight: Tensor, options: GCNConvArguments = {}): Tensor {
  const nodes = checkNodes("gcnConv", x, undefined);
  checkWeight("gcnConv", x, weight);
  const { bias, selfLoops } = settleOptions("gcnConv", options, argumentTable);
  const { source, target } = checkEdges("gcnConv", edges, nodes, selfLoops);
  checkVector("gcnConv", "bias", bias, [weight.shape[0] ?? 0]);
  const mapped = linear(x, weight); // [nodes, out]
  const degrees = sums(zeros([target.size], { dtype: mapped.dtype }).add(1), target, nodes);
  const scale = where(degrees.gt(0), degrees.clamp(1).rsqrt(), 0).unsqueeze(1); // [nodes, 1]
  const y = sums(mapped.mul(scale).indexSelect(0, source), target, nodes).mul(scale);
  return bias === undefined ? y : y.add(bias);
}

/** {@link gcnConv} as a layer; its weight is drawn as Glorot and Bengio do, its bias begins with zeros. */
export class GCNConv extends ConfiguredModule<GCNConvOptions, [x: Tensor, edges: Tensor]> {
  static override readonly name: string = "GCNConv";
  /** Features of a node before. */
  readonly inFeatures: number;
  /** Features of a node afterwards. */
  readonly outFeatures: number;
  /** `[outFeatures, inFeatures]` */
  weight: Parameter;
  /** `[outFeatures]` */
  bias: Parameter | undefined;

  constructor(inFeatures: number, outFeatures: number, options: GCNConvOptions = {}) {
    super(options, table, [inFeatures, outFeatures]);
    expectValue("GCNConv", "inFeatures", inFeatures, ranges.extent);
    expectValue("GCNConv", "outFeatures", outFeatures, ranges.extent);
    const { bias, generator, dtype } = this.options;
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.weight = xavierUniform(new Parameter(zeros([outFeatures, inFeatures], { dtype })), { generator });
    this.bias = bias ? new Parameter(zeros([outFeatures], { dtype })) : undefined;
  }

  /**
   * @param x `[nodes, inFeatures]`
   * @param edges sources and targets, int32 of shape `[2, edges]`
   */
  override forward(x: Tensor, edges: Tensor, ...none: []): Tensor {
    expectNothing("GCNConv.forward", none);
    checkNodes("gcnConv", x, this.inFeatures);
    return gcnConv(x, edges, this.weight, { bias: this.bias, selfLoops: this.options.selfLoops });
  }
}
