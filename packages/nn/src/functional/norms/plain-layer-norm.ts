import type { Shape, Tensor } from "@tapegrad/tensor";
import { affine } from "./affine.ts";
import { type LayerNormArguments, planLayerNorm } from "./layer-norm.ts";

/**
 * {@link layerNorm} spelled out in elementary operations: the definition that the fused form is tested
 * against, and the one to read. Its statistics are rounded to the dtype of `x`.
 */
export function plainLayerNorm(x: Tensor, shape: number | Shape, options: LayerNormArguments = {}): Tensor {
  const plan = planLayerNorm(x, shape, options);
  const over = { axis: plan.axes, keepDims: true };
  const centred = plan.x.sub(plan.x.mean(over));
  const variance = centred.square().mean(over);
  return affine(centred.div(variance.add(plan.eps).sqrt()), plan.weight, plan.bias);
}
