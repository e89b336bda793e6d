import { functional as F } from "@tapegrad/nn";
import type { Tensor } from "@tapegrad/tensor";
import type { NodeCall, Operators } from "./node-call.ts";

function batchNormalization(call: NodeCall): readonly (Tensor | undefined)[] {
  const [x, weight, bias] = [call.input(0), call.input(1), call.input(2)];
  const training = call.flag("training_mode", false);
  // The running statistics are inputs here, and their new values outputs.
  const [runningMean, runningVar] = [call.input(3).detach().clone(), call.input(4).detach().clone()];
  const y = F.batchNorm(x, {
    weight,
    bias,
    runningMean,
    runningVar,
    training,
    eps: call.float("epsilon", 1e-5),
    momentum: 1 - call.float("momentum", 0.9),
    runningVariance: "biased",
  });
  return training ? [y, runningMean, runningVar] : [y];
}

function layerNormalization(call: NodeCall): readonly Tensor[] {
  const [x, weight, bias] = [call.input(0), call.input(1), call.inputs[2]];
  const [axis, eps] = [call.int("axis", -1), call.float("epsilon", 1e-5)];
  if (axis < -x.ndim || axis >= x.ndim) call.fail("attribute.axis", `expected one of ${x.ndim} axes, got ${axis}`);
  const shape = x.shape.slice(axis);
  const y = F.layerNorm(x, shape, { weight: weight.reshape(shape), bias: bias?.reshape(shape), eps });
  const axes = x.shape.map((_, i) => i).slice(axis);
  const over = { axis: axes, keepDims: true };
  return [
    y,
    x.mean(over),
    x
      .variance({ ...over, correction: 0 })
      .add(eps)
      .rsqrt(),
  ];
}

/** Norms. */
export const norms: Operators = {
  BatchNormalization: batchNormalization,
  InstanceNormalization: (call) => {
    const [x, weight, bias] = [call.input(0), call.input(1), call.input(2)];
    return F.instanceNorm(x, { weight, bias, eps: call.float("epsilon", 1e-5) });
  },
  LayerNormalization: layerNormalization,
  LRN: (call) => {
    const [x, size] = [call.input(0), call.int("size")];
    call.extents("attribute.size", [size, ...x.shape]);
    const [alpha, beta, k] = [call.float("alpha", 1e-4), call.float("beta", 0.75), call.float("bias", 1)];
    return F.localResponseNorm(x, size, { alpha, beta, k });
  },
  MeanVarianceNormalization: (call) => {
    const x = call.input(0);
    const over = { axis: call.ints("axes") ?? [0, 2, 3], keepDims: true };
    return x.sub(x.mean(over)).div(x.std({ ...over, correction: 0 }).add(1e-9));
  },
};
