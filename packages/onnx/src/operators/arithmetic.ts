import { type Tensor } from "@tapegrad/tensor";
import { isFloat } from "@tapegrad/tensor/internal";
import { ofTwo } from "./broadcast.ts";
import type { NodeCall, Operator, Operators } from "./node-call.ts";

/** A function of any number of tensors, two at a time. */
function fold(f: (a: Tensor, b: Tensor) => Tensor): Operator {
  return (call) => {
    call.input(0);
    return call.all().reduce((a, b) => f(a, b));
  };
}

/** The quotient, rounded towards zero between whole numbers. */
function divide(a: Tensor, b: Tensor): Tensor {
  return isFloat(a.dtype) ? a.div(b) : a.to("float64").div(b.to("float64")).trunc().to(a.dtype);
}

/** `a − b · trunc(a / b)`, with the sign of a */
function truncatedRemainder(a: Tensor, b: Tensor): Tensor {
  return a.abs().remainder(b.abs()).mul(a.sign());
}

function total(call: NodeCall): Tensor {
  call.input(0);
  return call.all().reduce((a, b) => a.add(b));
}

/** Arithmetic of two and more tensors. */
export const arithmetic: Operators = {
  Add: ofTwo((a, b) => a.add(b)),
  Sub: ofTwo((a, b) => a.sub(b)),
  Mul: ofTwo((a, b) => a.mul(b)),
  Div: ofTwo(divide),
  // The base decides on the dtype.
  Pow: ofTwo((a, b) => a.pow(b).to(a.dtype)),
  Mod: (call) => {
    const [a, b] = [call.input(0), call.input(1)];
    return call.flag("fmod", false) ? truncatedRemainder(a, b) : a.remainder(b);
  },
  Max: fold((a, b) => a.maximum(b)),
  Min: fold((a, b) => a.minimum(b)),
  Sum: total,
  Mean: (call) => total(call).div(call.inputs.length),
};
