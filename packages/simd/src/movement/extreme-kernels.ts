import type { ModuleBuilder } from "../assembler/module-builder.ts";
import { f32 } from "../assembler/ops/f32.ts";
import { f32x4 } from "../assembler/ops/float-vector.ts";
import { i32 } from "../assembler/ops/i32.ts";
import { i32x4 } from "../assembler/ops/integer-vector.ts";
import { select } from "../assembler/ops/select.ts";
import { v128 } from "../assembler/ops/v128.ts";

const signature = {
  params: { x: "i32", out: "i32", outer: "i32", n: "i32", stride: "i32" },
  result: "void",
} as const;

/**
 * Exports `argmax` and `argmin`: where along lines of `n` float32, `stride` elements apart, the first extreme is. NaN beats
 * whatever is none.
 */
export function defineExtremes(module: ModuleBuilder): void {
  for (const [name, better] of [
    ["argmax", "gt"],
    ["argmin", "lt"],
  ] as const) {
    const extreme = module.function(name, signature, (f, { x, out, outer, n, stride }) => {
      const bytes = f.let(i32.shl(stride, 2));
      const wide = f.let(i32.and(stride, -4));
      f.for({ to: outer }, () => {
        f.for({ to: wide, step: 4 }, () => {
          const at = f.local("i32", x);
          const best = f.let(v128.load(at, { align: 4 }));
          const found = f.local("v128", i32x4.const(0));
          f.for({ from: 1, to: n }, (k) => {
            f.set(at, i32.add(at, bytes));
            const value = f.let(v128.load(at, { align: 4 }));
            const beats = v128.or(f32x4[better](value, best), f32x4.ne(value, value));
            const isBetter = f.let(v128.and(beats, f32x4.eq(best, best)));
            f.set(found, v128.bitselect(i32x4.splat(k), found, isBetter));
            f.set(best, v128.bitselect(value, best, isBetter));
          });
          f.store("v128", out, found, { align: 4 });
          f.set(x, i32.add(x, 16));
          f.set(out, i32.add(out, 16));
        });
        f.for({ from: wide, to: stride }, () => {
          const at = f.local("i32", x);
          const best = f.let(f32.load(at));
          const found = f.local("i32", 0);
          f.for({ from: 1, to: n }, (k) => {
            f.set(at, i32.add(at, bytes));
            const value = f.let(f32.load(at));
            const beats = i32.or(f32[better](value, best), f32.ne(value, value));
            const isBetter = f.let(i32.and(beats, f32.eq(best, best)));
            f.set(found, select(isBetter, k, found));
            f.set(best, select(isBetter, value, best));
          });
          f.store("i32", out, found);
          f.set(x, i32.add(x, 4));
          f.set(out, i32.add(out, 4));
        });
        f.set(x, i32.add(x, i32.mul(bytes, i32.sub(n, 1))));
      });
    });
    module.exportFunction(extreme);
  }
}
