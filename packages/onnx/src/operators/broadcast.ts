import type { Tensor } from "@tapegrad/tensor";
import type { NodeCall, Operator } from "./node-call.ts";

/** A function of two tensors that broadcast. */
export function ofTwo(f: (a: Tensor, b: Tensor) => Tensor): Operator {
  return (call) => f(call.input(0), second(call));
}

/** The second of two tensors; before version 7 an attribute says with which axis of the first its axes begin. */
function second(call: NodeCall): Tensor {
  const [a, b] = [call.input(0), call.input(1)];
  if (call.opset >= 7 || !call.has("axis")) return b;
  const axis = call.int("axis");
  const behind = a.ndim - b.ndim - (axis < 0 ? axis + a.ndim : axis);
  if (!(behind >= 0 && behind <= a.ndim)) call.fail("attribute.axis", `expected one of ${a.ndim} axes, got ${axis}`);
  return b.reshape([...b.shape, ...Array.from({ length: behind }, () => 1)]);
}
