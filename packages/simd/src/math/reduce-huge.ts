import type { FunctionRef } from "../assembler/function-ref.ts";
import type { FunctionBody, ModuleBuilder } from "../assembler/module-builder.ts";
import { call } from "../assembler/ops/call.ts";
import { f64 } from "../assembler/ops/f64.ts";
import { f64x2 } from "../assembler/ops/float-vector.ts";
import { i32 } from "../assembler/ops/i32.ts";
import { i64 } from "../assembler/ops/i64.ts";
import { i64x2 } from "../assembler/ops/integer-vector.ts";
import { select } from "../assembler/ops/select.ts";
import { v128 } from "../assembler/ops/v128.ts";
import { definedOnce } from "../assembler/defined-once.ts";
import { quickTwoSum, twoProduct } from "./double-double.ts";
import { defineTwoOverPi } from "./two-over-pi.ts";

const { add, mul } = f64x2;

const halfPi = [1.5707963267948966, 6.123233995736766e-17] as const;

/** The low bits of the second lane of `reduceHuge`, which hold the quadrant. */
export const quadrantBits = 3n;

/**
 * A function that splits a finite `x >= 2⁻²` into `n · π/2 + r`, by the bits of 2/π that matter (Payne and Hanek,
 * "Radian reduction for trigonometric functions", 1983). Its result holds r in two parts, one in each lane; the last
 * two bits of the second, which are far below what they stand for, hold n modulo 4.
 */
export function reduceHuge(module: ModuleBuilder): FunctionRef<{ readonly x: "f64" }, "v128"> {
  return definedOnce(module, "reduceHuge", { params: { x: "f64" }, result: "v128" }, (own) => reduction(own));
}

function reduction(module: ModuleBuilder): FunctionBody<{ readonly x: "f64" }, "v128"> {
  const word = defineTwoOverPi(module);
  const highProduct = unsignedHighProduct(module);
  return (f, { x }) => {
    const bits = f.let(i64.reinterpretF64(x));
    // x = m · 2^e. Words of 2/π before bit e − 2 give multiples of four turns.
    const m = f.let(i64.or(i64.and(bits, (1n << 52n) - 1n), 1n << 52n));
    const start = f.let(i32.add(i32.wrapI64(i64.shrU(bits, 52)), 64 - 1075 - 2));
    const w0 = f.let(call(word, { bit: start }));
    const w1 = f.let(call(word, { bit: i32.add(start, 64) }));
    const w2 = f.let(call(word, { bit: i32.add(start, 128) }));
    // p = m · w modulo 2^192: two bits of n, then the fraction.
    const p2 = f.let(i64.mul(m, w2));
    const middle = f.let(call(highProduct, { a: m, b: w2 }));
    const p1 = f.let(i64.add(middle, i64.mul(m, w1)));
    const carry = i64.extendI32U(i64.ltU(p1, middle));
    const p0 = f.let(i64.add(i64.add(call(highProduct, { a: m, b: w1 }), i64.mul(m, w0)), carry));
    const high = f.let(i64.or(i64.shl(p0, 2), i64.shrU(p1, 62)));
    const low = f.let(i64.or(i64.shl(p1, 2), i64.shrU(p2, 62)));
    // A fraction from one half on is negative, of the next n.
    const isNegative = f.let(i64.shrU(high, 63));
    const n = f.let(i64.and(i64.add(i64.shrU(p0, 62), isNegative), quadrantBits));
    f.if(i32.wrapI64(isNegative), () => {
      f.set(high, i64.sub(i64.sub(0n, high), i64.extendI32U(i64.ne(low, 0n))));
      f.set(low, i64.sub(0n, low));
    });
    const scale = f.local("f64", 2 ** -64);
    f.if(i64.eqz(high), () => {
      f.set(high, low);
      f.set(low, i64.const(0n));
      f.set(scale, 2 ** -128);
    });
    // The leading 53 bits, and the next 64.
    const zeros = f.let(i64.clz(high));
    f.if(i32.eqz(i64.eqz(zeros)), () => {
      f.set(high, i64.or(i64.shl(high, zeros), i64.shrU(low, i64.sub(64n, zeros))));
      f.set(low, i64.shl(low, zeros));
    });
    const power = f64.reinterpretI64(i64.shl(i64.sub(1023n, zeros), 52));
    const sign = select(i32.wrapI64(isNegative), f64.const(-1), f64.const(1));
    const unit = f.let(f64.mul(f64.mul(scale, power), sign));
    const head = f.let(f64x2.splat(f64.mul(f64.convertI64U(i64.and(high, ~0x7ffn)), unit)));
    const next = i64.or(i64.shl(high, 53), i64.shrU(low, 11));
    const tail = f64x2.splat(f64.mul(f64.mul(f64.convertI64U(next), 2 ** -53), unit));
    const [product, lost] = twoProduct(f, head, f.let(f64x2.const(halfPi[0])));
    const correction = add(mul(head, f64x2.const(halfPi[1])), mul(tail, f64x2.const(halfPi[0])));
    const [r, rest] = quickTwoSum(f, product, f.let(add(lost, correction)));
    const marked = v128.or(v128.andnot(rest, i64x2.const(quadrantBits)), i64x2.splat(n));
    return f64x2.replaceLane(marked, 0, f64x2.extractLane(r, 0));
  };
}

/** The high 64 bits of the product of two unsigned integers of 64 bits. */
function unsignedHighProduct(module: ModuleBuilder): FunctionRef<{ readonly a: "i64"; readonly b: "i64" }, "i64"> {
  return definedOnce(module, "highProduct", { params: { a: "i64", b: "i64" }, result: "i64" }, () => (f, { a, b }) => {
    const half = 0xffffffffn;
    const [a1, a0] = [f.let(i64.shrU(a, 32)), f.let(i64.and(a, half))];
    const [b1, b0] = [f.let(i64.shrU(b, 32)), f.let(i64.and(b, half))];
    const first = f.let(i64.add(i64.mul(a1, b0), i64.shrU(i64.mul(a0, b0), 32)));
    const second = f.let(i64.add(i64.mul(a0, b1), i64.and(first, half)));
    return i64.add(i64.add(i64.mul(a1, b1), i64.shrU(first, 32)), i64.shrU(second, 32));
  });
}
