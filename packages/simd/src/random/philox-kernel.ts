import { definedOnce } from "../assembler/defined-once.ts";
import type { Expr } from "../assembler/expr.ts";
import type { FunctionRef } from "../assembler/function-ref.ts";
import type { FunctionBody, ModuleBuilder } from "../assembler/module-builder.ts";
import { i32 } from "../assembler/ops/i32.ts";
import { i64 } from "../assembler/ops/i64.ts";
import { i32x4, i64x2 } from "../assembler/ops/integer-vector.ts";
import { v128 } from "../assembler/ops/v128.ts";

type Vector = Expr<"v128">;

const signature = {
  params: { out: "i32", block: "i64", groups: "i32", k0: "i32", k1: "i32", shift: "i32" },
  result: "void",
} as const;

/** Words that one turn of the loop gives: four blocks of four. */
export const philoxGroup = 16;

/**
 * The function of a module that writes `groups` times {@link philoxGroup} words of Philox4x32-10 to `out`, from that block on, with
 * the key `k0`, `k1`, each shifted to the right.
 *
 * @see Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011, https://doi.org/10.1145/2063384.2063405
 */
export function definePhilox(module: ModuleBuilder): FunctionRef<(typeof signature)["params"], "void"> {
  return definedOnce(module, "philox", signature, () => body);
}

const body: FunctionBody<(typeof signature)["params"], "void"> = (f, { out, block, groups, k0, k1, shift }) => {
  const [m0, m1] = [f.let(i32x4.const(0xd2511f53)), f.let(i32x4.const(0xcd9e8d57))];
  const [w0, w1] = [f.let(i32x4.const(0x9e3779b9)), f.let(i32x4.const(0xbb67ae85))];
  const at = f.local("i32", out);
  const next = f.local("i64", block);
  f.for({ to: groups }, () => {
    const low = f.let(i32x4.splat(i32.wrapI64(next)));
    const high = i32x4.splat(i32.wrapI64(i64.shrU(next, 32)));
    const first = f.let(i32x4.add(low, i32x4.const([0, 1, 2, 3])));
    // Where the low word has wrapped, the mask -1 adds the carry.
    let [c0, c1]: [Vector, Vector] = [first, f.let(i32x4.sub(high, i32x4.ltU(first, low)))];
    let [c2, c3]: [Vector, Vector] = [f.let(i32x4.const(0)), f.let(i32x4.const(0))];
    let [key0, key1]: [Vector, Vector] = [f.let(i32x4.splat(k0)), f.let(i32x4.splat(k1))];
    for (let round = 0; round < 10; round++) {
      const product = (a: Vector, b: Vector): { low: Vector; high: Vector } => {
        const [even, odd] = [f.let(i64x2.extmulLowI32x4U(a, b)), f.let(i64x2.extmulHighI32x4U(a, b))];
        return {
          low: f.let(i32x4.shuffle(even, odd, [0, 2, 4, 6])),
          high: i32x4.shuffle(even, odd, [1, 3, 5, 7]),
        };
      };
      const [p, q] = [product(m0, c0), product(m1, c2)];
      [c0, c2] = [f.let(v128.xor(v128.xor(q.high, c1), key0)), f.let(v128.xor(v128.xor(p.high, c3), key1))];
      [c1, c3] = [q.low, p.low];
      [key0, key1] = [f.let(i32x4.add(key0, w0)), f.let(i32x4.add(key1, w1))];
    }
    const shifted = (words: Vector): Vector => f.let(i32x4.shrU(words, shift));
    const [a, b, d, e] = [shifted(c0), shifted(c1), shifted(c2), shifted(c3)];
    const [ab, AB] = [f.let(i32x4.shuffle(a, b, [0, 4, 1, 5])), f.let(i32x4.shuffle(a, b, [2, 6, 3, 7]))];
    const [de, DE] = [f.let(i32x4.shuffle(d, e, [0, 4, 1, 5])), f.let(i32x4.shuffle(d, e, [2, 6, 3, 7]))];
    [
      i32x4.shuffle(ab, de, [0, 1, 4, 5]),
      i32x4.shuffle(ab, de, [2, 3, 6, 7]),
      i32x4.shuffle(AB, DE, [0, 1, 4, 5]),
      i32x4.shuffle(AB, DE, [2, 3, 6, 7]),
    ].forEach((words, i) => f.store("v128", at, words, { offset: i * 16, align: 4 }));
    f.set(at, i32.add(at, 64));
    f.set(next, i64.add(next, 4));
  });
};
