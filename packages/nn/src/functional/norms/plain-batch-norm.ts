import { assign, type Tensor } from "@tapegrad/tensor";
import { withGradMode } from "@tapegrad/tensor/internal";
import { affine } from "../../norms/affine.ts";
import { type BatchNormArguments, type BatchNormPlan, planBatchNorm } from "./batch-norm.ts";
import { normalizeByRunning } from "./running-statistics.ts";

/**
 * {@link batchNorm} spelled out in elementary operations: the definition that the fused form is tested
 * against, and the one to read. Its statistics are rounded to the dtype of `x`.
 */
export function plainBatchNorm(x: Tensor, options: BatchNormArguments = {}): Tensor {
  const plan = planBatchNorm(x, options);
  if (!plan.training && plan.running !== undefined) {
    return affine(normalizeByRunning(plan.x, plan.running, plan.eps), plan.weight, plan.bias);
  }
  const over = { axis: plan.axes, keepDims: true };
  const mean = plan.x.mean(over); // [1, C, 1, ...]
  const centred = plan.x.sub(mean);
  const variance = centred.square().mean(over); // [1, C, 1, ...]
  follow(plan, mean, variance);
  return affine(centred.div(variance.add(plan.eps).sqrt()), plan.weight, plan.bias);
}

function follow({ running, count, momentum, runningVariance }: BatchNormPlan, mean: Tensor, variance: Tensor): void {
  if (running === undefined || count === 0) return;
  const { runningMean, runningVar, numBatchesTracked } = running;
  withGradMode(false, () => {
    const weight = momentum ?? 1 / ((numBatchesTracked?.item() ?? 0) + 1);
    const correction = runningVariance === "unbiased" ? count / (count - 1) : 1;
    const blend = (old: Tensor, value: Tensor): Tensor =>
      old.mul(1 - weight).add(value.reshape(old.shape).to(old.dtype).mul(weight));
    assign(runningMean, blend(runningMean, mean));
    assign(runningVar, blend(runningVar, variance.mul(correction)));
    if (numBatchesTracked !== undefined) assign(numBatchesTracked, numBatchesTracked.add(1));
  });
}
