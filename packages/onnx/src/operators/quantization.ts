import { type Tensor } from "@tapegrad/tensor";
import { isFloat } from "@tapegrad/tensor/internal";
import type { NodeCall, Operators } from "./node-call.ts";

/** A number per position of an axis, shaped to broadcast. */
function along(x: Tensor, values: Tensor, axis: number): Tensor {
  if (values.size === 1) return values.reshape(x.shape.map(() => 1));
  return values.reshape(x.shape.map((_, i) => (i === (axis + x.ndim) % x.ndim ? values.size : 1)));
}

type Range = readonly [least: number, most: number];

/** uint8, the standard dtype */
const bytes: Range = [0, 255];

/** `round(x / scale) + zero` within the range of the quantized dtype */
function quantize(x: Tensor, scale: Tensor, zero: Tensor | undefined, [least, most]: Range): Tensor {
  const steps = x.div(scale).round();
  return (zero === undefined ? steps : steps.add(zero.to(x.dtype))).clamp(least, most).to("int32");
}

/** The range of the dtype that the zero point has in the file. */
function rangeOf(call: NodeCall): Range {
  for (const name of ["block_size", "output_dtype"]) {
    if (call.int(name, 0) !== 0) call.fail(`attribute.${name}`, `expected 0, got ${call.int(name)}`);
  }
  if (call.inputs[2] === undefined) return bytes;
  const type =
    call.typeOf(2) ?? call.fail("input[2]", "expected a zero point whose dtype is told, got one that is computed");
  return type.range ?? call.fail("input[2]", `expected a zero point of 8 or 16 bits, got ${type.name}`);
}

/** The scale and the zero point that fit the range of `x`, zero among it. */
function quantizeByRange(call: NodeCall): readonly Tensor[] {
  const x = call.input(0);
  const [low, high] = [x.min().clamp(undefined, 0), x.max().clamp(0)];
  const scale = high.sub(low).div(255);
  const zero = low.neg().div(scale).clamp(0, 255).round();
  return [quantize(x, scale, zero, bytes), scale, zero.to("int32")];
}

/** Floats as whole numbers of 8 or 16 bits, and back. */
export const quantization: Operators = {
  QuantizeLinear: (call) => {
    const [x, zero, axis] = [call.input(0), call.inputs[2], call.int("axis", 1)];
    return quantize(x, along(x, call.input(1), axis), zero && along(x, zero, axis), rangeOf(call));
  },
  DequantizeLinear: (call) => {
    const [x, scale, zero, axis] = [call.input(0), call.input(1), call.inputs[2], call.int("axis", 1)];
    if (!isFloat(scale.dtype)) call.fail("input[1]", `expected a float scale, got ${scale.dtype}`);
    if (call.int("block_size", 0) !== 0) call.fail("attribute.block_size", `expected 0, got ${call.int("block_size")}`);
    const centred = zero === undefined ? x : x.sub(along(x, zero, axis));
    return centred.to(scale.dtype).mul(along(x, scale, axis));
  },
  DynamicQuantizeLinear: quantizeByRange,
};
