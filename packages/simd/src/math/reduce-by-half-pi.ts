import type { Local } from "../assembler/local.ts";
import { call } from "../assembler/ops/call.ts";
import { f64x2 } from "../assembler/ops/float-vector.ts";
import { i32 } from "../assembler/ops/i32.ts";
import { i64x2 } from "../assembler/ops/integer-vector.ts";
import { v128 } from "../assembler/ops/v128.ts";
import type { MathScope } from "./math-scope.ts";
import { quadrantBits, reduceHuge } from "./reduce-huge.ts";

const { add, sub, mul, lt, gt, le } = f64x2;

// π/2 in three parts, the first two of 33 bits.
const halfPi = [1.5707963267341256, 6.077100506303966e-11, 2.0222662487959506e-21] as const;

// Up to here n has 20 bits, and its products with those parts are exact.
const largestExact = 2 ** 19 * Math.PI;

/** `x = n · π/2 + (r + rest)` with |r| <= π/4. */
export interface HalfPiReduction {
  /** n in the low two bits of an integer; the high bits are something else. */
  readonly n: Local<"v128">;
  readonly r: Local<"v128">;
  readonly rest: Local<"v128">;
}

/**
 * Splits off a multiple of π/2 (Cody and Waite). Lanes that are too large for that, or so near to a multiple that
 * three parts are too few, take the integer arithmetic of `reduceHuge`, one by one.
 *
 * @param x not negative, in double precision
 */
export function reduceByHalfPi({ module, f }: MathScope, x: Local<"v128">): HalfPiReduction {
  const magic = f64x2.const(1.5 * 2 ** 52);
  const n = f.let(add(mul(x, f64x2.const(2 / Math.PI)), magic));
  const turns = f.let(sub(n, magic));
  const first = f.let(sub(x, mul(turns, f64x2.const(halfPi[0]))));
  const second = f.let(mul(turns, f64x2.const(halfPi[1])));
  const head = f.let(sub(first, second));
  // What rounding takes from first − second (Knuth).
  const moved = f.let(sub(head, first));
  const lost = sub(sub(first, sub(head, moved)), add(second, moved));
  const third = f.let(sub(mul(turns, f64x2.const(halfPi[2])), lost));
  const r = f.let(sub(head, third));
  const rest = f.let(sub(sub(head, r), third));
  const isHuge = v128.and(gt(x, f64x2.const(largestExact)), le(x, f64x2.const(Number.MAX_VALUE)));
  const isTooNear = lt(mul(f64x2.abs(r), f64x2.const(2 ** 62)), turns);
  const isHard = f.let(v128.or(isHuge, isTooNear));
  f.if(v128.anyTrue(isHard), () => {
    const reduce = reduceHuge(module);
    for (const lane of [0, 1]) {
      f.if(i32.wrapI64(i64x2.extractLane(isHard, lane)), () => {
        const pair = f.let(call(reduce, { x: f64x2.extractLane(x, lane) }));
        f.set(r, f64x2.replaceLane(r, lane, f64x2.extractLane(pair, 0)));
        f.set(n, i64x2.replaceLane(n, lane, i64x2.extractLane(v128.and(pair, i64x2.const(quadrantBits)), 1)));
        const low = v128.andnot(pair, i64x2.const(quadrantBits));
        f.set(rest, f64x2.replaceLane(rest, lane, f64x2.extractLane(low, 1)));
      });
    }
  });
  return { n, r, rest };
}
