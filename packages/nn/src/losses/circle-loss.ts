import { Tensor, ValueError } from "@tapegrad/tensor";
import {
  expectNothing,
  expectTensor,
  option,
  optional,
  type OptionTable,
  promote,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { softplus } from "../activations/softplus.ts";
import type { Buffer } from "../module/buffer.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import { checkLabelled, logSumOfChosen, offDiagonal, sameLabels } from "./label-pairs.ts";
import { reduce, reduction, type ReductionOptions } from "./reduction.ts";
import { bufferOf } from "./weighted-loss.ts";

/** Options of {@link circleLoss}. */
export interface CircleLossOptions extends ReductionOptions {
  /** Embeddings that all are compared with, `[M, D]`, of length 1; those of the batch unless given. */
  readonly refEmbeddings?: Tensor | undefined;
  /** Their labels, int32 `[M]`. */
  readonly refLabels?: Tensor | undefined;
  /** Whether the i-th embedding is not compared with the i-th of the others, which is itself; true unless given. */
  readonly removeDiagonal?: boolean;
  /** What all is multiplied by before the exponential; 80 unless given. */
  readonly gamma?: number;
  /** Distance below which those of one label, and one minus that above which those of two, count little; 0.4 unless given. */
  readonly margin?: number;
}

const someTensor = optional(ranges.instanceOf(Tensor));

const table: OptionTable<CircleLossOptions> = {
  refEmbeddings: someTensor,
  refLabels: someTensor,
  removeDiagonal: option(ranges.flag, true),
  gamma: option(ranges.positive, 80),
  margin: option(ranges.finite, 0.4),
  reduction,
};

/**
 * Draws embeddings of one label together and others apart, those the most that are farthest from where they should be, as
 * Keras has it: `ℓ = log(1 + Σ_p exp(γ·(m + d_p)·(d_p − m)) · Σ_n exp(γ·(1 + m − d_n)₊·(1 − m − d_n)))` over those of one label
 * and of others, with `d = max(0, 1 − x·r)` and the margin m.
 *
 * An embedding that has none of its label, or none of another, costs 0. "mean" divides by how many losses are above 0,
 * Keras' mask, and is 0 where none is.
 *
 * @param input embeddings `[N, D]` of length 1, such as those of `UnitNorm`
 * @param target int32 labels `[N]`
 * @returns shape `[]`, or `[N]` with reduction "none"
 * @throws {ShapeError | DTypeError} if embeddings or labels do not fit
 * @throws {ValueError} for embeddings to compare with without labels, or labels without embeddings
 * @see Sun et al., Circle Loss (2020), https://arxiv.org/abs/2002.10857
 * @example
 * const labels = tensor([0, 0, 1], { dtype: "int32" });
 * circleLoss(tensor([[1, 0], [0, 1], [-1, 0]]), labels, { reduction: "none" }).toArray(); // => [67.2, 54.4, 0]
 * new CircleLoss({ gamma: 1 }).forward(tensor([[1, 0], [1, 0], [0, 1]]), labels).item(); // => 0.54589
 */
export function circleLoss(input: Tensor, target: Tensor, options: CircleLossOptions = {}): Tensor {
  const fn = "circleLoss";
  expectTensor(fn, "input", input);
  expectTensor(fn, "target", target);
  const { refEmbeddings = input, refLabels = target, removeDiagonal, gamma, margin, reduction } = settle(fn, options);
  checkLabelled(fn, ["input", input, "target", target]);
  checkLabelled(fn, ["refEmbeddings", refEmbeddings, "refLabels", refLabels], input.shape[1]);
  const same = sameLabels(target, refLabels);
  const pairs = removeDiagonal ? same.logicalAnd(offDiagonal(target.size, refLabels.size)) : same;
  const dtype = promote(input.dtype, refEmbeddings.dtype);
  const cosines = input.to(dtype).matmul(refEmbeddings.to(dtype).transpose());
  const distance = cosines.neg().add(1).clamp(0); // [N, M]
  const together = distance.add(margin).clamp(0).mul(distance.sub(margin)).mul(gamma);
  const apart = distance.neg().add(1 + margin).clamp(0).mul(distance.neg().add(1 - margin)).mul(gamma); // prettier-ignore
  const sum = logSumOfChosen(together, pairs).add(logSumOfChosen(apart, same.logicalNot()));
  const losses = softplus(sum, { threshold: Number.MAX_VALUE });
  if (reduction !== "mean" || losses.size === 0) return reduce(losses, reduction);
  return losses.sum().div(losses.gt(0).to(losses.dtype).sum().clamp(1));
}

function settle(fn: string, options: CircleLossOptions): Required<CircleLossOptions> {
  const settled = settleOptions(fn, options, table);
  if ((settled.refEmbeddings === undefined) !== (settled.refLabels === undefined)) {
    const missing = settled.refLabels === undefined ? "refEmbeddings alone" : "refLabels alone";
    throw new ValueError(`${fn}: expected refEmbeddings and refLabels, or neither, got ${missing}.`);
  }
  return settled;
}

/** {@link circleLoss} as a layer; embeddings to compare with and their labels are buffers. */
export class CircleLoss extends ConfiguredModule<CircleLossOptions, [input: Tensor, target: Tensor]> {
  static override readonly name: string = "CircleLoss";

  /** Embeddings that all are compared with, a buffer of the module. */
  readonly refEmbeddings: Buffer | undefined;
  /** Their labels, a buffer of the module. */
  readonly refLabels: Buffer | undefined;

  constructor(options: CircleLossOptions = {}) {
    super(settle("CircleLoss", options), table);
    this.refEmbeddings = bufferOf(this.options.refEmbeddings);
    this.refLabels = bufferOf(this.options.refLabels);
  }

  override forward(input: Tensor, target: Tensor, ...none: []): Tensor {
    expectNothing("CircleLoss.forward", none);
    const { refEmbeddings, refLabels } = this;
    return circleLoss(input, target, { ...this.options, refEmbeddings, refLabels });
  }
}
