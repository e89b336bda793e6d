import { DTypeError, oneHot, ShapeError, type Tensor } from "@tapegrad/tensor";
import { expectTensor, formatShape, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { checkFloat, checkSameShape, checkValues } from "./check-target.ts";
import { reduce, type ReductionOptions, reductionTable } from "./reduction.ts";

/**
 * Loss of a margin between the scores of the classes that a sample has and of those that it has not:
 * `ℓ = Σ_j Σ_i max(0, 1 − (x[t_j] − x[i])) / C` over its classes `t_j` and all others `i`.
 *
 * @param input scores of shape `[C]` or `[N, C]`
 * @param target int32 class indices of the same shape: those of a sample, then −1, behind which nothing counts
 * @returns shape `[]`, or `[N]` with reduction "none"
 * @throws {ShapeError | DTypeError} if the target does not fit
 * @throws {ValueError} for a class index out of range
 * @example
 * multilabelMarginLoss(tensor([[0.1, 0.2, 0.4, 0.8]]), tensor([[3, 0, -1, 1]], { dtype: "int32" })).item(); // => 0.85
 * new MultiLabelMarginLoss().forward(tensor([0, 3]), tensor([1, -1], { dtype: "int32" })).item(); // => 0
 */
export function multilabelMarginLoss(input: Tensor, target: Tensor, options: ReductionOptions = {}): Tensor {
  expectTensor("multilabelMarginLoss", "input", input);
  expectTensor("multilabelMarginLoss", "target", target);
  const { reduction } = settleOptions("multilabelMarginLoss", options, reductionTable);
  checkTargets(input, target);
  const classes = input.shape.at(-1)!;
  // Not behind the first −1.
  const counts = target.lt(0).to("int32").cumsum({ axis: -1 }).eq(0);
  const own = oneHot(target.clamp(0), classes, { dtype: "bool" }).logicalAnd(counts.unsqueeze(-1)); // [..., places, C]
  const others = own.any({ axis: -2 }).logicalNot();
  const right = input.gather(-1, target.clamp(0));
  const short = input.unsqueeze(-2).sub(right.unsqueeze(-1)).add(1).clamp(0); // [..., places, C]
  const pairs = counts.unsqueeze(-1).logicalAnd(others.unsqueeze(-2));
  const losses = short.maskedFill(pairs.logicalNot(), 0).sum({ axis: [-1, -2] });
  return reduce(losses.div(classes), reduction);
}

function checkTargets(input: Tensor, target: Tensor): void {
  const fn = "multilabelMarginLoss";
  checkFloat(fn, "input", input);
  const classes = input.shape.at(-1);
  if (classes === undefined || input.ndim > 2 || classes === 0) {
    throw new ShapeError(`${fn}: expected input of shape [C] or [N, C], got ${formatShape(input.shape)}.`);
  }
  if (target.dtype !== "int32") {
    throw new DTypeError(
      `${fn}: expected class indices of dtype int32, got ${target.dtype}. Convert them with to("int32").`,
    );
  }
  checkSameShape(fn, input, target);
  checkValues(fn, `class indices in [-1, ${classes})`, target, [[-1, classes - 1]]);
}

/** {@link multilabelMarginLoss} as a layer. */
export class MultiLabelMarginLoss extends FunctionLayer<ReductionOptions, [input: Tensor, target: Tensor]> {
  static override readonly name: string = "MultiLabelMarginLoss";

  constructor(options: ReductionOptions = {}) {
    super(multilabelMarginLoss, reductionTable, options);
  }
}
