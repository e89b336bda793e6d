import { allocate, type DType, type TypedArray } from "../dtype.ts";
import { DTypeError } from "../errors.ts";
import { broadcastShapes } from "../shape.ts";
import type { Block, Spec } from "../storage.ts";
import { broadcastRuns } from "./broadcast-runs.ts";
import { int32Power } from "./int32-power.ts";
import type { NoAttrs, Primitive } from "./primitive.ts";

/** `n` elements from `out[o]` on, operands advancing by their steps (0 or 1, or more). */
type Loop = (
  a: TypedArray,
  i: number,
  stepA: number,
  b: TypedArray,
  j: number,
  stepB: number,
  out: TypedArray,
  o: number,
  n: number,
) => void;

/** Which operands a function takes: of any dtype, numbers that it adds or multiplies, or bools. */
type Operands = "equal" | "number" | "bool";

function takes(operands: Operands, dtype: DType): boolean {
  return operands === "equal" || (dtype === "bool") === (operands === "bool");
}

function binary(name: string, result: "same" | "bool", loop: Loop, operands: Operands = "equal"): Primitive<NoAttrs> {
  return {
    infer: (inputs) => {
      const [a, b] = inputs as [Spec, Spec];
      if (a.dtype !== b.dtype || !takes(operands, a.dtype)) {
        throw new DTypeError(`${name}: expected two ${operands} dtypes, got ${a.dtype} and ${b.dtype}.`);
      }
      return [{ shape: broadcastShapes(name, a.shape, b.shape), dtype: result === "bool" ? "bool" : a.dtype }];
    },
    evaluate: (inputs, _, outputs) => {
      const [a, b] = inputs as [Block, Block];
      const { shape, dtype } = outputs[0]!;
      const runs = broadcastRuns(shape, [a.shape, b.shape]);
      const out = allocate(dtype, runs.size);
      const [stepA, stepB] = runs.steps as [number, number];
      runs.forEach((at, starts) => {
        loop(a.data, starts[0]!, stepA, b.data, starts[1]!, stepB, out, at, runs.length);
      });
      return [out];
    },
  };
}

/** Arithmetic; bools are converted first. */
function arithmetic(name: string, loop: Loop): Primitive<NoAttrs> {
  return binary(name, "same", loop, "number");
}

export const add: Primitive<NoAttrs> = arithmetic("add", (a, i, sa, b, j, sb, out, o, n) => {
  for (const end = o + n; o < end; o++, i += sa, j += sb) out[o] = a[i]! + b[j]!;
});
export const sub: Primitive<NoAttrs> = arithmetic("sub", (a, i, sa, b, j, sb, out, o, n) => {
  for (const end = o + n; o < end; o++, i += sa, j += sb) out[o] = a[i]! - b[j]!;
});
export const mul: Primitive<NoAttrs> = arithmetic("mul", (a, i, sa, b, j, sb, out, o, n) => {
  if (out instanceof Int32Array) {
    for (const end = o + n; o < end; o++, i += sa, j += sb) out[o] = Math.imul(a[i]!, b[j]!);
  } else {
    for (const end = o + n; o < end; o++, i += sa, j += sb) out[o] = a[i]! * b[j]!;
  }
});
export const div: Primitive<NoAttrs> = arithmetic("div", (a, i, sa, b, j, sb, out, o, n) => {
  for (const end = o + n; o < end; o++, i += sa, j += sb) out[o] = a[i]! / b[j]!;
});
export const pow: Primitive<NoAttrs> = arithmetic("pow", (a, i, sa, b, j, sb, out, o, n) => {
  if (out instanceof Int32Array) {
    for (const end = o + n; o < end; o++, i += sa, j += sb) out[o] = int32Power(a[i]!, b[j]!);
  } else {
    for (const end = o + n; o < end; o++, i += sa, j += sb) out[o] = power(a[i]!, b[j]!);
  }
});
export const maximum: Primitive<NoAttrs> = binary("maximum", "same", (a, i, sa, b, j, sb, out, o, n) => {
  for (const end = o + n; o < end; o++, i += sa, j += sb) out[o] = Math.max(a[i]!, b[j]!);
});
export const minimum: Primitive<NoAttrs> = binary("minimum", "same", (a, i, sa, b, j, sb, out, o, n) => {
  for (const end = o + n; o < end; o++, i += sa, j += sb) out[o] = Math.min(a[i]!, b[j]!);
});
export const remainder: Primitive<NoAttrs> = arithmetic("remainder", (a, i, sa, b, j, sb, out, o, n) => {
  for (const end = o + n; o < end; o++, i += sa, j += sb) out[o] = floorMod(a[i]!, b[j]!);
});
export const eq: Primitive<NoAttrs> = binary("eq", "bool", (a, i, sa, b, j, sb, out, o, n) => {
  for (const end = o + n; o < end; o++, i += sa, j += sb) out[o] = a[i] === b[j] ? 1 : 0;
});
export const ne: Primitive<NoAttrs> = binary("ne", "bool", (a, i, sa, b, j, sb, out, o, n) => {
  for (const end = o + n; o < end; o++, i += sa, j += sb) out[o] = a[i] === b[j] ? 0 : 1;
});
export const lt: Primitive<NoAttrs> = binary("lt", "bool", (a, i, sa, b, j, sb, out, o, n) => {
  for (const end = o + n; o < end; o++, i += sa, j += sb) out[o] = a[i]! < b[j]! ? 1 : 0;
});
export const le: Primitive<NoAttrs> = binary("le", "bool", (a, i, sa, b, j, sb, out, o, n) => {
  for (const end = o + n; o < end; o++, i += sa, j += sb) out[o] = a[i]! <= b[j]! ? 1 : 0;
});
export const gt: Primitive<NoAttrs> = binary("gt", "bool", (a, i, sa, b, j, sb, out, o, n) => {
  for (const end = o + n; o < end; o++, i += sa, j += sb) out[o] = a[i]! > b[j]! ? 1 : 0;
});
export const ge: Primitive<NoAttrs> = binary("ge", "bool", (a, i, sa, b, j, sb, out, o, n) => {
  for (const end = o + n; o < end; o++, i += sa, j += sb) out[o] = a[i]! >= b[j]! ? 1 : 0;
});
export const logicalAnd: Primitive<NoAttrs> = binary(
  "logicalAnd",
  "bool",
  (a, i, sa, b, j, sb, out, o, n) => {
    for (const end = o + n; o < end; o++, i += sa, j += sb) out[o] = a[i]! & b[j]!;
  },
  "bool",
);
export const logicalOr: Primitive<NoAttrs> = binary(
  "logicalOr",
  "bool",
  (a, i, sa, b, j, sb, out, o, n) => {
    for (const end = o + n; o < end; o++, i += sa, j += sb) out[o] = a[i]! | b[j]!;
  },
  "bool",
);

function power(x: number, y: number): number {
  // IEEE 754 and C: 1 to any power is 1, and (−1) to ±∞ too; JavaScript gives NaN.
  if (x === 1 || (x === -1 && Math.abs(y) === Infinity)) return 1;
  return x ** y;
}

function floorMod(x: number, y: number): number {
  const rest = x % y;
  return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest;
}

export const where: Primitive<NoAttrs> = {
  infer: (inputs) => {
    const [condition, a, b] = inputs as [Spec, Spec, Spec];
    if (condition.dtype !== "bool") {
      throw new DTypeError(`where: expected a bool condition, got ${condition.dtype}.`);
    }
    if (a.dtype !== b.dtype) {
      throw new DTypeError(`where: expected two equal dtypes, got ${a.dtype} and ${b.dtype}.`);
    }
    const shape = broadcastShapes("where", condition.shape, broadcastShapes("where", a.shape, b.shape));
    return [{ shape, dtype: a.dtype }];
  },
  evaluate: (inputs, _, outputs) => {
    const [condition, a, b] = inputs as [Block, Block, Block];
    const { shape, dtype } = outputs[0]!;
    const runs = broadcastRuns(shape, [condition.shape, a.shape, b.shape]);
    const out = allocate(dtype, runs.size);
    const [stepC, stepA, stepB] = runs.steps as [number, number, number];
    const [c, x, y] = [condition.data, a.data, b.data];
    runs.forEach((at, starts) => {
      let [k, i, j] = starts as [number, number, number];
      for (let o = at; o < at + runs.length; o++, k += stepC, i += stepA, j += stepB) {
        out[o] = c[k] === 0 ? y[j]! : x[i]!;
      }
    });
    return [out];
  },
};
