import type { Tensor } from "@tapegrad/tensor";
import { affine } from "../../norms/affine.ts";
import { type GroupNormArguments, planGroupNorm } from "./group-norm.ts";

/**
 * {@link groupNorm} spelled out in elementary operations: the definition that the fused form is tested
 * against, and the one to read. Its statistics are rounded to the dtype of `x`.
 */
export function plainGroupNorm(x: Tensor, groups: number, options: GroupNormArguments = {}): Tensor {
  const plan = planGroupNorm(x, groups, options);
  const over = { axis: 2, keepDims: true };
  const values = plan.x.reshape(plan.grouped); // [N, G, values]
  const centred = values.sub(values.mean(over));
  const variance = centred.square().mean(over); // [N, G, 1]
  return affine(centred.div(variance.add(plan.eps).sqrt()).reshape(x.shape), plan.weight, plan.bias);
}
