import { assign, type Tensor } from "@tapegrad/tensor";
import { withGradMode } from "@tapegrad/tensor/internal";
import { affine } from "../../norms/affine.ts";
import { type InstanceNormArguments, type InstanceNormPlan, planInstanceNorm } from "./instance-norm.ts";
import { normalizeByRunning } from "./running-statistics.ts";

/**
 * {@link instanceNorm} spelled out in elementary operations: the definition that the fused form is tested
 * against, and the one to read. Its statistics are rounded to the dtype of `x`.
 */
export function plainInstanceNorm(x: Tensor, options: InstanceNormArguments = {}): Tensor {
  const plan = planInstanceNorm(x, options);
  if (!plan.training && plan.running !== undefined) {
    return affine(normalizeByRunning(plan.x, plan.running, plan.eps), plan.weight, plan.bias);
  }
  const over = { axis: plan.axes, keepDims: true };
  const mean = plan.x.mean(over); // [N, C, 1, ...]
  const centred = plan.x.sub(mean);
  const variance = centred.square().mean(over); // [N, C, 1, ...]
  follow(plan, mean, variance);
  return affine(centred.div(variance.add(plan.eps).sqrt()), plan.weight, plan.bias);
}

function follow({ x, running, count, momentum }: InstanceNormPlan, mean: Tensor, variance: Tensor): void {
  if (running === undefined || x.size === 0) return;
  const { runningMean, runningVar } = running;
  withGradMode(false, () => {
    const blend = (old: Tensor, value: Tensor): Tensor =>
      old.mul(1 - momentum).add(value.mean({ axis: 0 }).reshape(old.shape).to(old.dtype).mul(momentum));
    assign(runningMean, blend(runningMean, mean));
    assign(runningVar, blend(runningVar, variance.mul(count / (count - 1))));
  });
}
