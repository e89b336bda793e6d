import {
  call,
  type Expr,
  f32x4,
  f64,
  f64x2,
  type FunctionRef,
  i32,
  i32x4,
  type ModuleBuilder,
  select,
} from "@tapegrad/simd";
import type { DType } from "@tapegrad/tensor";
import { elements } from "../elements.ts";

type Binary<T extends "i32" | "f64"> = FunctionRef<{ readonly x: T; readonly y: T }, T>;

type Remainder = (module: ModuleBuilder, a: Expr<"v128">, b: Expr<"v128">) => Expr<"v128">;

/** The remainder whose sign is that of the divisor, lane by lane: exact, so that it equals eager's bit for bit. */
export const remainders: { readonly [D in DType]: Remainder | undefined } = {
  float32: (module, a, b) => {
    const half = (lanes: Expr<"v128">, first: number): Expr<"v128"> =>
      f64x2.promoteLowF32x4(first === 0 ? lanes : f32x4.shuffle(lanes, lanes, [2, 3, 2, 3]));
    const pairs = [0, 2].map((first) => pairRemainder(module, half(a, first), half(b, first)));
    return elements.float32.sums!.round(pairs);
  },
  float64: pairRemainder,
  int32: (module, a, b) => {
    const callee = module.once("remainder.i32", defineInteger);
    const at = (i: number): Expr<"i32"> => call(callee, { x: i32x4.extractLane(a, i), y: i32x4.extractLane(b, i) });
    return [1, 2, 3].reduce((lanes, i) => i32x4.replaceLane(lanes, i, at(i)), i32x4.splat(at(0)));
  },
  bool: undefined,
};

function pairRemainder(module: ModuleBuilder, a: Expr<"v128">, b: Expr<"v128">): Expr<"v128"> {
  const callee = module.once("remainder.f64", defineFloat);
  const at = (i: number): Expr<"f64"> => call(callee, { x: f64x2.extractLane(a, i), y: f64x2.extractLane(b, i) });
  return f64x2.replaceLane(f64x2.splat(at(0)), 1, at(1));
}

function defineInteger(module: ModuleBuilder): Binary<"i32"> {
  const signature = { params: { x: "i32", y: "i32" }, result: "i32" } as const;
  return module.function("remainder.i32", signature, (f, { x, y }) => {
    f.if(i32.eqz(y), () => f.return(0));
    const rest = f.let(i32.remS(x, y));
    const isOther = i32.and(i32.ne(rest, 0), i32.ltS(i32.xor(rest, y), 0));
    return select(isOther, i32.add(rest, y), rest);
  });
}

/** By doubling the divisor and subtracting it, largest multiple first: every step is exact. */
function defineFloat(module: ModuleBuilder): Binary<"f64"> {
  const signature = { params: { x: "f64", y: "f64" }, result: "f64" } as const;
  return module.function("remainder.f64", signature, (f, { x, y }) => {
    const divisor = f.let(f64.abs(y));
    const rest = f.local("f64", f64.abs(x));
    // False for 0 and NaN, and for an infinite dividend.
    const isDefined = i32.and(f64.gt(divisor, 0), f64.lt(rest, Infinity));
    f.if(i32.eqz(isDefined), () => f.return(NaN));
    f.if(f64.lt(divisor, Infinity), () => {
      const multiple = f.local("f64", divisor);
      f.while(f64.le(f64.add(multiple, multiple), rest), () => f.set(multiple, f64.add(multiple, multiple)));
      f.while(f64.ge(multiple, divisor), () => {
        f.if(f64.ge(rest, multiple), () => f.set(rest, f64.sub(rest, multiple)));
        f.set(multiple, f64.mul(multiple, 0.5));
      });
    });
    f.set(rest, f64.copysign(rest, x));
    const isOther = i32.and(f64.ne(rest, 0), i32.ne(f64.lt(rest, 0), f64.lt(y, 0)));
    return select(isOther, f64.add(rest, y), rest);
  });
}
