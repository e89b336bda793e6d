import type { FunctionRef } from "../assembler/function-ref.ts";
import type { ModuleBuilder } from "../assembler/module-builder.ts";
import { f32x4, f64x2 } from "../assembler/ops/float-vector.ts";
import { i32 } from "../assembler/ops/i32.ts";
import { i64 } from "../assembler/ops/i64.ts";
import { i64x2 } from "../assembler/ops/integer-vector.ts";
import { v128 } from "../assembler/ops/v128.ts";
import { columnsOf, elementSize } from "./kernel-config.ts";
import type { KernelConfig } from "./kernel-config.ts";

const foldSignature = { params: { tile: "i32", total: "i32", isFirst: "i32", isLast: "i32" }, result: "void" } as const;

/** Adds a tile to its float64 totals; after the last block of K, turns the totals into the tile. */
export type FoldKernel = FunctionRef<(typeof foldSignature)["params"], "void">;

/** Defines the kernel that sums blocks of K in float64. */
export function defineFoldKernel(module: ModuleBuilder, config: KernelConfig): FoldKernel {
  const tileBytes = config.rows * columnsOf(config) * elementSize(config);
  const isSingle = config.type === "f32";
  return module.function("fold", foldSignature, (f, { tile, total, isFirst, isLast }) => {
    const end = f.let(i32.add(tile, tileBytes));
    f.while(i32.ltU(tile, end), () => {
      const part = f.let(v128.load(tile));
      const halves = isSingle
        ? [f64x2.promoteLowF32x4(part), f64x2.promoteLowF32x4(i64x2.shuffle(part, part, [1, 1]))]
        : [part];
      const sums = halves.map((half) => f.let(half));
      f.if(i32.eqz(isFirst), () => {
        sums.forEach((sum, i) => f.set(sum, f64x2.add(v128.load(total, { offset: i * 16 }), sum)));
      });
      f.if(
        isLast,
        () => {
          const [low, high] = sums.map((sum) => (isSingle ? f32x4.demoteF64x2Zero(sum) : sum));
          if (low !== undefined) f.store("v128", tile, high ? i64x2.shuffle(low, high, [0, 2]) : low);
        },
        () => sums.forEach((sum, i) => f.store("v128", total, sum, { offset: i * 16 })),
      );
      f.set(tile, i32.add(tile, 16));
      f.set(total, i32.add(total, sums.length * 16));
    });
  });
}

const trimSignature = {
  params: { tile: "i32", out: "i32", stride: "i32", rows: "i32", columns: "i32" },
  result: "void",
} as const;

/** Copies the first rows and columns of a tile to the output. */
export type TrimKernel = FunctionRef<(typeof trimSignature)["params"], "void">;

/** Defines the kernel that writes tiles at the edges of the output. */
export function defineTrimKernel(module: ModuleBuilder, config: KernelConfig): TrimKernel {
  const size = elementSize(config);
  const rowBytes = columnsOf(config) * size;
  return module.function("trim", trimSignature, (f, { tile, out, stride, rows, columns }) => {
    const bytes = f.let(i32.mul(columns, size));
    const wide = f.let(i32.and(bytes, -16));
    f.for({ to: rows }, () => {
      f.for({ to: wide, step: 16 }, (at) => {
        f.store("v128", i32.add(out, at), v128.load(i32.add(tile, at), { align: size }), { align: size });
      });
      f.for({ from: wide, to: bytes, step: size }, (at) => {
        if (size === 4) f.store("i32", i32.add(out, at), i32.load(i32.add(tile, at)));
        else f.store("i64", i32.add(out, at), i64.load(i32.add(tile, at)));
      });
      f.set(tile, i32.add(tile, rowBytes));
      f.set(out, i32.add(out, stride));
    });
  });
}
