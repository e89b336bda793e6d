import { Buffer, functional as F } from "@tapegrad/nn";
import { stack, type Tensor } from "@tapegrad/tensor";
import type { NodeCall, Operators } from "./node-call.ts";

/** The running statistics are inputs; a model that is trained keeps them itself, and otherwise their new values are outputs. */
function batchNormalization(call: NodeCall): readonly (Tensor | undefined)[] {
  const [x, weight, bias] = [call.input(0), call.input(1), call.input(2)];
  const [runningMean, runningVar] = [call.input(3), call.input(4)];
  const momentum = 1 - call.float("momentum", 0.9);
  const options = { weight, bias, eps: call.float("epsilon", 1e-5), momentum, runningVariance: "biased" } as const;
  const areKept = call.training && runningMean instanceof Buffer && runningVar instanceof Buffer;
  if (areKept) return [F.batchNorm(x, { ...options, runningMean, runningVar, training: true })];
  if (!call.training && !call.flag("training_mode", false)) {
    return [F.batchNorm(x, { ...options, runningMean, runningVar, training: false })];
  }
  const axis = x.shape.map((_, i) => i).filter((i) => i !== 1);
  const moved = (running: Tensor, now: Tensor): Tensor => running.add(now.sub(running).mul(momentum));
  return [
    F.batchNorm(x, { ...options, training: true }),
    call.wants(1) ? moved(runningMean, x.mean({ axis })) : undefined,
    call.wants(2) ? moved(runningVar, x.variance({ axis, correction: 0 })) : undefined,
  ];
}

/** The shape of the axes from one on, over which a norm is taken. */
function normalized(call: NodeCall, x: Tensor): readonly number[] {
  const axis = call.int("axis", -1);
  if (axis < -x.ndim || axis >= x.ndim) call.fail("attribute.axis", `expected one of ${x.ndim} axes, got ${axis}`);
  return x.shape.slice(axis);
}

function layerNormalization(call: NodeCall): readonly (Tensor | undefined)[] {
  const [x, weight, bias, eps] = [call.input(0), call.input(1), call.inputs[2], call.float("epsilon", 1e-5)];
  const shape = normalized(call, x);
  const y = F.layerNorm(x, shape, { weight: weight.broadcastTo(shape), bias: bias?.broadcastTo(shape), eps });
  const over = { axis: x.shape.map((_, i) => i).slice(x.ndim - shape.length), keepDims: true };
  const deviation = (): Tensor => x.variance({ ...over, correction: 0 }).add(eps).rsqrt(); // prettier-ignore
  return [y, call.wants(1) ? x.mean(over) : undefined, call.wants(2) ? deviation() : undefined];
}

/** Before version 21 there is a factor for each group, since then one for each channel. */
function groupNormalization(call: NodeCall): Tensor {
  const [x, groups] = [call.input(0), call.int("num_groups")];
  const channels = x.shape[1] ?? 0;
  const perChannel = (factor: Tensor): Tensor => {
    if (call.opset >= 21) return factor;
    return stack(Array.from({ length: channels / groups }, () => factor), 1).flatten(); // prettier-ignore
  };
  const [weight, bias] = [perChannel(call.input(1)), perChannel(call.input(2))];
  return F.groupNorm(x, groups, { weight, bias, eps: call.float("epsilon", 1e-5) });
}

/** `x / ‖x‖`; the norm of nothing but zeros counts as 1. */
function lpNormalization(call: NodeCall): Tensor {
  const [x, axis, p] = [call.input(0), call.int("axis", -1), call.int("p", 2)];
  if (p !== 1 && p !== 2) call.fail("attribute.p", `expected 1 or 2, got ${p}`);
  const norm = p === 1 ? x.abs().sum({ axis, keepDims: true }) : x.norm({ axis, keepDims: true });
  return x.div(norm.maskedFill(norm.eq(0), 1));
}

/** Norms. */
export const norms: Operators = {
  BatchNormalization: batchNormalization,
  InstanceNormalization: (call) => {
    const [x, weight, bias] = [call.input(0), call.input(1), call.input(2)];
    return F.instanceNorm(x, { weight, bias, eps: call.float("epsilon", 1e-5) });
  },
  LayerNormalization: layerNormalization,
  GroupNormalization: groupNormalization,
  RMSNormalization: (call) => {
    const x = call.input(0);
    const shape = normalized(call, x);
    return F.rmsNorm(x, shape, { weight: call.input(1).broadcastTo(shape), eps: call.float("epsilon", 1e-5) });
  },
  LpNormalization: lpNormalization,
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
