import { Tensor } from "@tapegrad/tensor";
import { instanceOf, integer, option, optional, type OptionTable, settleOptions } from "@tapegrad/tensor/internal";
import { Buffer } from "../module/buffer.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import { checkClassIndices, checkClassWeight, classAxis } from "./class-targets.ts";
import { pickedLoss } from "./picked-loss.ts";
import { reduction, type ReductionOptions } from "./reduction.ts";

/** Options of {@link nllLoss}. */
export interface NllLossOptions extends ReductionOptions {
  /** Weight of each class, shape `[C]`; 1 unless given. */
  readonly weight?: Tensor | undefined;
  /** Class indices with this value do not count; −100 unless given. */
  readonly ignoreIndex?: number;
}

const table: OptionTable<NllLossOptions> = {
  weight: optional(instanceOf(Tensor)),
  ignoreIndex: option(integer, -100),
  reduction,
};

/**
 * Negative log-likelihood of class indices under given log-probabilities.
 *
 * `ℓ = −w[t] · input[t]`; "mean" divides the sum by `Σ w[t]` over the targets that count, NaN if none does.
 *
 * @param input log-probabilities of shape `[C]` or `[N, C, d₁, ...]`
 * @param target int32 class indices of shape `[]` or `[N, d₁, ...]`
 * @returns shape `[]`, or that of the target with reduction "none"; dtype of the input
 * @throws {ValueError} for a class index out of range or unknown options
 * @throws {ShapeError | DTypeError} if target or weight does not fit
 *
 * @example
 * nllLoss(tensor([[-0.5, -1], [-2, -3]]), tensor([0, 1], { dtype: "int32" })).item(); // => 1.75
 */
export function nllLoss(input: Tensor, target: Tensor, options: NllLossOptions = {}): Tensor {
  const { weight, ignoreIndex, reduction } = settleOptions("nllLoss", options, table);
  const axis = classAxis("nllLoss", input);
  if (weight !== undefined) checkClassWeight("nllLoss", weight, input.shape[axis]!);
  const ignores = checkClassIndices("nllLoss", input, target, ignoreIndex);
  return pickedLoss(input, target, { axis, weight, labelSmoothing: 0, ignoreIndex, ignores, reduction });
}

/**
 * {@link nllLoss} as a layer.
 *
 * @example
 * new NLLLoss().forward(tensor([[-1, -2]]), tensor([1], { dtype: "int32" })).item(); // => 2
 */
export class NLLLoss extends ConfiguredModule<NllLossOptions> {
  /** Weight of each class or element, a buffer of the module. */
  readonly weight: Buffer | undefined;

  constructor(options: NllLossOptions = {}) {
    super(options, table);
    const { weight } = this.options;
    this.weight = weight === undefined ? undefined : new Buffer(weight);
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return nllLoss(input, target, { ...this.options, weight: this.weight });
  }
}
