import { arange, full, oneHot, ones, type Tensor, tensor, tril, triu, where } from "@tapegrad/tensor";
import type { NodeCall, Operators } from "./node-call.ts";

function constant(call: NodeCall): Tensor {
  const value = call.tensor("value");
  if (value !== undefined) return value;
  if (call.has("value_float")) return tensor(call.float("value_float"), { dtype: call.float32 });
  if (call.has("value_int")) return tensor(call.int("value_int"), { dtype: "int32" });
  const floats = call.floats("value_floats");
  if (floats !== undefined) return tensor(floats, { dtype: call.float32 });
  const ints = call.ints("value_ints") ?? call.fail("attribute", "expected a value of numbers, got none");
  return tensor(ints, { dtype: "int32" });
}

function shape(call: NodeCall): Tensor {
  const x = call.input(0);
  const extents = x.shape.slice(call.int("start", 0), call.has("end") ? call.int("end") : undefined);
  return call.fix(tensor(extents, { dtype: "int32", shape: [extents.length] }));
}

/** Ones on a diagonal. */
function diagonal(call: NodeCall): Tensor {
  const x = call.input(0);
  const square = ones(x.shape, { dtype: call.dtype("dtype", x.dtype) });
  const k = call.int("k", 0);
  return tril(triu(square, k), k);
}

/** `start + i · step` below `limit`, differentiable by `start` and `step`. */
function range(call: NodeCall): Tensor {
  const [start, step] = [call.input(0), call.input(2)];
  const [first, limit, by] = [call.numberOf(0) ?? 0, call.numberOf(1) ?? 0, call.numberOf(2) ?? 1];
  const count = Math.max(Math.ceil((limit - first) / by), 0);
  call.extents("input[1]", [count]);
  return arange(count).to(start.dtype).mul(step).add(start);
}

function oneHotOf(call: NodeCall): Tensor {
  const [indices, depth, values] = [call.input(0), call.numberOf(1) as number, call.input(2)];
  call.extents("input[1]", [...indices.shape, depth]);
  const axis = call.int("axis", -1);
  const whole = indices.to("int32");
  const index = where(whole.lt(0), whole.add(depth), whole);
  const outside = index.lt(0).logicalOr(index.ge(depth));
  const hot = oneHot(index.maskedFill(outside, 0), depth, { dtype: "bool" }).logicalAnd(
    outside.logicalNot().unsqueeze(-1),
  );
  const order = indices.shape.map((_, i) => i);
  order.splice(axis < 0 ? axis + indices.ndim + 1 : axis, 0, indices.ndim);
  return where(hot.permute(order), values.slice(1), values.slice(0));
}

/** A window that tapers off, from its first Fourier coefficients. */
function window(coefficients: readonly number[]): (call: NodeCall) => Tensor {
  return (call) => {
    const size = call.numberOf(0) as number;
    call.extents("input[0]", [size]);
    const periodic = call.flag("periodic", true);
    const dtype = call.dtype("output_datatype", call.float32);
    const turns = arange(0, size, 1, { dtype: "float64" }).mul((2 * Math.PI) / (periodic ? size : size - 1));
    const terms = coefficients.map((a, k) => turns.mul(k).cos().mul(a));
    return terms.reduce((sum, term) => sum.add(term)).to(dtype);
  };
}

/** Tensors from little or nothing. */
export const creation: Operators = {
  Constant: constant,
  ConstantOfShape: (call) => {
    const value = call.tensor("value") ?? tensor([0], { dtype: call.float32 });
    return full(call.extents("input[0]", call.intsOf(0) ?? []), value.data[0] ?? 0, { dtype: value.dtype });
  },
  Shape: shape,
  Size: (call) => call.fix(tensor(call.input(0).size, { dtype: "int32" })),
  EyeLike: diagonal,
  Range: range,
  OneHot: oneHotOf,
  Trilu: (call) => {
    const [x, k] = [call.input(0), call.numberOf(1) ?? 0];
    return call.flag("upper", true) ? triu(x, k) : tril(x, k);
  },
  HannWindow: window([0.5, -0.5]),
  HammingWindow: window([25 / 46, -21 / 46]),
  BlackmanWindow: window([0.42, -0.5, 0.08]),
};
