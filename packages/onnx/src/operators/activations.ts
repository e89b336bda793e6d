import { functional as F } from "@tapegrad/nn";
import { oneHot, type Tensor, where } from "@tapegrad/tensor";
import { sizeOf } from "@tapegrad/tensor/internal";
import type { NodeCall, Operator, Operators } from "./node-call.ts";

function of(f: (x: Tensor) => Tensor): Operator {
  return (call) => f(call.input(0));
}

/** An activation along an axis; before version 13 the input is a matrix, split at that axis. */
function along(f: (x: Tensor, axis: number) => Tensor): Operator {
  return (call) => {
    const x = call.input(0);
    if (call.opset >= 13) return f(x, call.int("axis", -1));
    const axis = call.int("axis", 1);
    return f(asMatrix(call, x, axis), -1).reshape(x.shape);
  };
}

function asMatrix(call: NodeCall, x: Tensor, axis: number): Tensor {
  if (axis < -x.ndim || axis > x.ndim) call.fail("attribute.axis", `expected one of ${x.ndim} axes, got ${axis}`);
  const at = axis < 0 ? axis + x.ndim : axis;
  return x.reshape(sizeOf(x.shape.slice(0, at)), sizeOf(x.shape.slice(at)));
}

/** 1 at the first largest element along an axis, 0 elsewhere. */
function hardmax(x: Tensor, axis: number): Tensor {
  const last = x.transpose(axis, -1);
  return oneHot(last.argmax({ axis: -1 }), last.shape.at(-1) ?? 1, { dtype: x.dtype }).transpose(axis, -1);
}

/** Activations. */
export const activations: Operators = {
  Relu: of((x) => F.relu(x)),
  LeakyRelu: (call) => F.leakyRelu(call.input(0), { negativeSlope: call.float("alpha", 0.01) }),
  PRelu: (call) => {
    const [x, slope] = [call.input(0), call.input(1)];
    // Before version 7 a vector has a slope for each channel; now slopes broadcast to the last axes.
    if (call.opset < 7 || slope.size === 1) return F.prelu(x, slope.flatten());
    return where(x.gt(0), x, x.mul(slope));
  },
  Elu: (call) => F.elu(call.input(0), { alpha: call.float("alpha", 1) }),
  Celu: (call) => F.celu(call.input(0), { alpha: call.float("alpha", 1) }),
  Selu: (call) => {
    const x = call.input(0);
    if (!call.has("alpha") && !call.has("gamma")) return F.selu(x);
    return F.elu(x, { alpha: call.float("alpha", 1.6732632) }).mul(call.float("gamma", 1.050701));
  },
  ThresholdedRelu: (call) => F.threshold(call.input(0), call.float("alpha", 1), 0),
  Sigmoid: of((x) => F.sigmoid(x)),
  HardSigmoid: (call) => call.input(0).mul(call.float("alpha", 0.2)).add(call.float("beta", 0.5)).clamp(0, 1),
  HardSwish: of((x) => F.hardSwish(x)),
  Gelu: (call) => F.gelu(call.input(0), { approximate: call.word("approximate", ["none", "tanh"], "none") }),
  Mish: of((x) => F.mish(x)),
  Swish: (call) => call.input(0).mul(call.input(0).mul(call.float("alpha", 1)).sigmoid()),
  Tanh: of((x) => F.tanh(x)),
  Softplus: of((x) => F.softplus(x)),
  Softsign: of((x) => F.softsign(x)),
  Shrink: (call) => {
    const x = call.input(0);
    const [lambda, bias] = [call.float("lambd", 0.5), call.float("bias", 0)];
    return where(x.gt(lambda), x.sub(bias), where(x.lt(-lambda), x.add(bias), 0));
  },
  Softmax: along((x, axis) => F.softmax(x, { axis })),
  LogSoftmax: along((x, axis) => F.logSoftmax(x, { axis })),
  Hardmax: along(hardmax),
};
