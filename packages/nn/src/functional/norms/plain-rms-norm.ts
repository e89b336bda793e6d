import type { Shape, Tensor } from "@tapegrad/tensor";
import { affine } from "../../norms/affine.ts";
import { planRMSNorm, type RMSNormArguments } from "./rms-norm.ts";

/**
 * {@link rmsNorm} spelled out in elementary operations: the definition that the fused form is tested
 * against, and the one to read. Its statistic is rounded to the dtype of `x`.
 */
export function plainRMSNorm(x: Tensor, shape: number | Shape, options: RMSNormArguments = {}): Tensor {
  const { axes, weight, bias, eps, count, used, ...plan } = planRMSNorm(x, shape, options);
  const leading = plan.x.shape.slice(0, plan.x.ndim - axes.length);
  const flat = plan.x.reshape([...leading, count]); // [..., n]
  const head = flat.slice(...leading.map((extent): [number, number] => [0, extent]), [0, used]); // [..., ⌈p·n⌉]
  const meanSquare = head.square().mean({ axis: -1, keepDims: true }); // [..., 1]
  return affine(flat.div(meanSquare.add(eps).sqrt()).reshape(plan.x.shape), weight, bias);
}
