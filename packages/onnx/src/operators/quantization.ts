import { type Tensor } from "@tapegrad/tensor";
import { isFloat } from "@tapegrad/tensor/internal";
import type { NodeCall, Operators } from "./node-call.ts";

/** A number per position of an axis, shaped to broadcast. */
function along(x: Tensor, values: Tensor, axis: number): Tensor {
  if (values.size === 1) return values.reshape(x.shape.map(() => 1));
  return values.reshape(x.shape.map((_, i) => (i === (axis + x.ndim) % x.ndim ? values.size : 1)));
}

/** `round(x / scale) + zero` within 0 … 255: the dtype is uint8, the standard one */
function quantize(x: Tensor, scale: Tensor, zero: Tensor | undefined): Tensor {
  const steps = x.div(scale).round();
  return (zero === undefined ? steps : steps.add(zero.to(x.dtype))).clamp(0, 255).to("int32");
}

/** The scale and the zero point that fit the range of `x`, zero among it. */
function quantizeByRange(call: NodeCall): readonly Tensor[] {
  const x = call.input(0);
  const [low, high] = [x.min().clamp(undefined, 0), x.max().clamp(0)];
  const scale = high.sub(low).div(255);
  const zero = low.neg().div(scale).clamp(0, 255).round();
  return [quantize(x, scale, zero), scale, zero.to("int32")];
}

/** Floats as uint8 and back. */
export const quantization: Operators = {
  QuantizeLinear: (call) => {
    const [x, zero, axis] = [call.input(0), call.inputs[2], call.int("axis", 1)];
    return quantize(x, along(x, call.input(1), axis), zero && along(x, zero, axis));
  },
  DequantizeLinear: (call) => {
    const [x, scale, zero, axis] = [call.input(0), call.input(1), call.inputs[2], call.int("axis", 1)];
    if (!isFloat(scale.dtype)) call.fail("input[1]", `expected a float scale, got ${scale.dtype}`);
    const centred = zero === undefined ? x : x.sub(along(x, zero, axis));
    return centred.to(scale.dtype).mul(along(x, scale, axis));
  },
  DynamicQuantizeLinear: quantizeByRange,
};
