import { allocate, convertInto, copyArray, type DType, dtypes, type TypedArray } from "../dtype.ts";
import { DTypeError } from "../errors.ts";
import { erf, erfc } from "./error-function.ts";
import type { NoAttrs, Primitive } from "./primitive.ts";

type Loop = (x: TypedArray, out: TypedArray) => void;

/** An elementwise primitive that keeps the dtype. `accepts` names the dtypes that it takes. */
function unary(name: string, accepts: "float" | "number" | "bool", loop: Loop): Primitive<NoAttrs> {
  return {
    infer: (inputs) => {
      const { shape, dtype } = inputs[0]!;
      const { kind } = dtypes[dtype];
      if (accepts === "number" ? kind === "bool" : kind !== accepts)
        throw new DTypeError(`${name}: expected a ${accepts} tensor, got ${dtype}.`);
      return [{ shape, dtype }];
    },
    evaluate: (inputs) => {
      const { data, dtype } = inputs[0]!;
      const out = allocate(dtype, data.length);
      loop(data, out);
      return [out];
    },
  };
}

/** A loop over a function that costs more than calling it. */
function map(f: (x: number) => number): Loop {
  return (x, out) => {
    for (let i = 0; i < out.length; i++) out[i] = f(x[i]!);
  };
}

export const neg: Primitive<NoAttrs> = unary("neg", "number", (x, out) => {
  for (let i = 0; i < out.length; i++) out[i] = -x[i]!;
});
export const abs: Primitive<NoAttrs> = unary("abs", "number", (x, out) => {
  for (let i = 0; i < out.length; i++) out[i] = Math.abs(x[i]!);
});
export const sign: Primitive<NoAttrs> = unary("sign", "number", map(Math.sign));
export const exp: Primitive<NoAttrs> = unary("exp", "float", map(Math.exp));
export const expm1: Primitive<NoAttrs> = unary("expm1", "float", map(Math.expm1));
export const log: Primitive<NoAttrs> = unary("log", "float", map(Math.log));
export const log1p: Primitive<NoAttrs> = unary("log1p", "float", map(Math.log1p));
export const sqrt: Primitive<NoAttrs> = unary("sqrt", "float", (x, out) => {
  for (let i = 0; i < out.length; i++) out[i] = Math.sqrt(x[i]!);
});
export const rsqrt: Primitive<NoAttrs> = unary("rsqrt", "float", (x, out) => {
  for (let i = 0; i < out.length; i++) out[i] = 1 / Math.sqrt(x[i]!);
});
export const reciprocal: Primitive<NoAttrs> = unary("reciprocal", "float", (x, out) => {
  for (let i = 0; i < out.length; i++) out[i] = 1 / x[i]!;
});
export const square: Primitive<NoAttrs> = unary("square", "number", (x, out) => {
  if (out instanceof Int32Array) {
    for (let i = 0; i < out.length; i++) out[i] = Math.imul(x[i]!, x[i]!);
  } else {
    for (let i = 0; i < out.length; i++) out[i] = x[i]! * x[i]!;
  }
});
export const sin: Primitive<NoAttrs> = unary("sin", "float", map(Math.sin));
export const cos: Primitive<NoAttrs> = unary("cos", "float", map(Math.cos));
export const atan: Primitive<NoAttrs> = unary("atan", "float", map(Math.atan));
export const tanh: Primitive<NoAttrs> = unary("tanh", "float", map(Math.tanh));
export const sigmoid: Primitive<NoAttrs> = unary(
  "sigmoid",
  "float",
  map((x) => {
    // exp of a negative number only: no overflow, and full precision in the lower tail.
    const e = Math.exp(-Math.abs(x));
    return x >= 0 ? 1 / (1 + e) : e / (1 + e);
  }),
);
export { erfPrimitive as erf, erfcPrimitive as erfc };
const erfPrimitive: Primitive<NoAttrs> = unary("erf", "float", map(erf));
const erfcPrimitive: Primitive<NoAttrs> = unary("erfc", "float", map(erfc));
export const relu: Primitive<NoAttrs> = unary("relu", "number", (x, out) => {
  for (let i = 0; i < out.length; i++) {
    const v = x[i]!;
    // Written so that NaN passes.
    out[i] = v <= 0 ? 0 : v;
  }
});
export const floor: Primitive<NoAttrs> = unary("floor", "number", map(Math.floor));
export const ceil: Primitive<NoAttrs> = unary("ceil", "number", map(Math.ceil));
export const round: Primitive<NoAttrs> = unary("round", "number", map(roundHalfEven));
export const logicalNot: Primitive<NoAttrs> = unary("logicalNot", "bool", (x, out) => {
  for (let i = 0; i < out.length; i++) out[i] = 1 - x[i]!;
});

function roundHalfEven(x: number): number {
  const down = Math.floor(x);
  const rest = x - down;
  if (rest < 0.5) return down;
  // NaN or an infinity, where `rest` is NaN.
  if (Number.isNaN(rest)) return x;
  const nearest = rest === 0.5 && down % 2 === 0 ? down : down + 1;
  // The sign stays with a zero, as in IEEE 754.
  return nearest === 0 && x < 0 ? -0 : nearest;
}

export const cast: Primitive<{ readonly dtype: DType }> = {
  infer: (inputs, { dtype }) => [{ shape: inputs[0]!.shape, dtype }],
  evaluate: (inputs, { dtype }) => {
    const { data } = inputs[0]!;
    if (dtype === inputs[0]!.dtype) return [copyArray(dtype, data)];
    const out = allocate(dtype, data.length);
    convertInto(data, out);
    return [out];
  },
};
