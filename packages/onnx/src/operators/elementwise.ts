import type { Tensor } from "@tapegrad/tensor";
import type { Operator, Operators } from "./node-call.ts";

/** A function of each element. */
function of(f: (x: Tensor) => Tensor): Operator {
  return (call) => f(call.input(0));
}

/** Functions of one tensor, element by element. */
export const elementwise: Operators = {
  Identity: of((x) => x),
  Abs: of((x) => x.abs()),
  Neg: of((x) => x.neg()),
  Sign: of((x) => x.sign()),
  Ceil: of((x) => x.ceil()),
  Floor: of((x) => x.floor()),
  Round: of((x) => x.round()),
  Reciprocal: of((x) => x.reciprocal()),
  Sqrt: of((x) => x.sqrt()),
  Exp: of((x) => x.exp()),
  Log: of((x) => x.log()),
  Erf: of((x) => x.erf()),
  Sin: of((x) => x.sin()),
  Cos: of((x) => x.cos()),
  Tan: of((x) => x.tan()),
  Asin: of((x) => x.asin()),
  Acos: of((x) => x.acos()),
  Atan: of((x) => x.atan()),
  Sinh: of((x) => x.sinh()),
  Cosh: of((x) => x.cosh()),
  Asinh: of((x) => x.add(x.square().add(1).sqrt()).log()),
  Acosh: of((x) => x.add(x.square().sub(1).sqrt()).log()),
  Atanh: of((x) => x.add(1).div(x.neg().add(1)).log().mul(0.5)),
  Cast: (call) => call.cast(call.input(0), "to"),
  CastLike: (call) => call.input(0).to(call.input(1).dtype),
  Not: of((x) => x.logicalNot()),
  IsNaN: of((x) => x.ne(x)),
  IsInf: (call) => {
    const x = call.input(0);
    const up = call.flag("detect_positive", true) ? x.eq(Infinity) : x.eq(NaN);
    return call.flag("detect_negative", true) ? up.logicalOr(x.eq(-Infinity)) : up;
  },
  Clip: (call) => {
    const bound = (i: number, name: string): Tensor | number | undefined =>
      call.inputs[i] ?? (call.has(name) ? call.float(name) : undefined);
    return call.input(0).clamp(bound(1, "min"), bound(2, "max"));
  },
};
