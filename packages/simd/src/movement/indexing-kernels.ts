import type { ModuleBuilder } from "../assembler/module-builder.ts";
import { f32 } from "../assembler/ops/f32.ts";
import { f64x2 } from "../assembler/ops/float-vector.ts";
import { f64 } from "../assembler/ops/f64.ts";
import { i32 } from "../assembler/ops/i32.ts";
import { i64x2 } from "../assembler/ops/integer-vector.ts";
import { v128 } from "../assembler/ops/v128.ts";
import { emitElements, emitPlanes, emitRows } from "./nest.ts";

/** Exports `addTo`, which adds float32 along a walk from its first array to the float64 totals of its second. */
export function defineAddTo(module: ModuleBuilder): void {
  const signature = { params: { axes: "i32", rank: "i32", a: "i32", b: "i32" }, result: "void" } as const;
  const addTo = module.function("addTo", signature, (f, walk) => {
    emitPlanes(f, walk, (plane) => {
      const { columns, stepA, stepB } = plane;
      const addOne = (from: typeof plane.a, to: typeof plane.a): void =>
        f.store("f64", to, f64.add(f64.load(to), f64.promoteF32(f32.load(from))));
      f.if(
        i32.and(i32.eq(stepA, 4), i32.eq(stepB, 8)),
        () => {
          emitRows(f, plane, (rowFrom, rowTo) => {
            const from = f.local("i32", rowFrom);
            const to = f.local("i32", rowTo);
            const end = f.let(i32.add(from, i32.shl(columns, 2)));
            f.while(i32.geS(i32.sub(end, from), 16), () => {
              const four = f.let(v128.load(from, { align: 4 }));
              const halves = [four, i64x2.shuffle(four, four, [1, 1])];
              halves.forEach((half, i) => {
                const total = v128.load(to, { offset: 16 * i, align: 8 });
                const sum = f64x2.add(total, f64x2.promoteLowF32x4(half));
                f.store("v128", to, sum, { offset: 16 * i, align: 8 });
              });
              f.set(from, i32.add(from, 16));
              f.set(to, i32.add(to, 32));
            });
            f.while(i32.ltU(from, end), () => {
              addOne(from, to);
              f.set(from, i32.add(from, 4));
              f.set(to, i32.add(to, 8));
            });
          });
        },
        () => emitElements(f, plane, addOne),
      );
    });
  });
  module.exportFunction(addTo);
}

const indexedSignature = {
  params: { axes: "i32", rank: "i32", a: "i32", b: "i32", along: "i32", apart: "i32" },
  result: "void",
} as const;

/**
 * Exports `gather` and `scatterAdd`. The second array of the walk is the int32 index, and `apart` bytes after it lies an array
 * of the same layout: what is taken, or what is added. The first array is indexed, by `along` bytes; `scatterAdd` has its
 * float64 totals there.
 */
export function defineIndexing(module: ModuleBuilder): void {
  const gather = module.function("gather", indexedSignature, (f, { along, apart, ...walk }) => {
    emitPlanes(f, walk, (plane) => {
      emitElements(f, plane, (base, index) => {
        const from = i32.add(base, i32.mul(i32.load(index), along));
        f.store("i32", i32.add(index, apart), i32.load(from));
      });
    });
  });
  const scatterAdd = module.function("scatterAdd", indexedSignature, (f, { along, apart, ...walk }) => {
    emitPlanes(f, walk, (plane) => {
      emitElements(f, plane, (base, index) => {
        const to = f.let(i32.add(base, i32.mul(i32.load(index), along)));
        const added = f64.promoteF32(f32.load(i32.add(index, apart)));
        f.store("f64", to, f64.add(f64.load(to), added));
      });
    });
  });
  module.exportFunction(gather);
  module.exportFunction(scatterAdd);
}
