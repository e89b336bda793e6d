import type { Expr } from "../assembler/expr.ts";
import type { FunctionRef } from "../assembler/function-ref.ts";
import type { Local } from "../assembler/local.ts";
import type { ModuleBuilder } from "../assembler/module-builder.ts";
import { f32x4, f64x2 } from "../assembler/ops/float-vector.ts";
import { i32 } from "../assembler/ops/i32.ts";
import { select } from "../assembler/ops/select.ts";
import { v128 } from "../assembler/ops/v128.ts";
import { chunkLength, columnsOf, elementSize } from "./kernel-config.ts";
import type { KernelConfig } from "./kernel-config.ts";

const signature = {
  params: { a: "i32", b: "i32", k: "i32", out: "i32", stride: "i32", sums: "i32" },
  result: "void",
} as const;

/** Multiplies one packed row panel by one packed column panel: `out[rows, columns] = Σ_k a[k, row] · b[k, column]`. */
export type TileKernel = FunctionRef<(typeof signature)["params"], "void">;

/**
 * Defines the innermost kernel. The whole tile lives in registers; K runs in chunks of {@link chunkLength} whose
 * sums are added in order, by way of the scratch tile `sums`. `stride` is the distance of output rows in bytes.
 */
export function defineTileKernel(module: ModuleBuilder, config: KernelConfig): TileKernel {
  const { rows, vectors, fused } = config;
  const size = elementSize(config);
  const shape = config.type === "f32" ? f32x4 : f64x2;
  const loadSplat = config.type === "f32" ? v128.load32Splat : v128.load64Splat;
  const bytesA = rows * size;
  const bytesB = columnsOf(config) * size;
  const cells = Array.from({ length: rows * vectors }, (_, i) => [Math.floor(i / vectors), i % vectors] as const);

  return module.function("tile", signature, (f, { a, b, k, out, stride, sums }) => {
    const acc = cells.map(() => f.local("v128"));
    const column = Array.from({ length: vectors }, () => f.local("v128"));
    const row = f.local("v128");
    const steps = f.local("i32");
    const isFirst = f.local("i32", 1);

    const multiplyAdd = (sum: Local<"v128">, x: Expr<"v128">, y: Expr<"v128">): void => {
      f.set(sum, fused ? shape.relaxedMadd(x, y, sum) : shape.add(sum, shape.mul(x, y)));
    };
    // One step a turn: unrolled, the engines' register allocation spills sums to the stack and half of the speed is gone.
    const runSteps = (count: Expr<"i32">): void => {
      const end = f.let(i32.add(a, i32.mul(count, bytesA)));
      f.while(i32.ltU(a, end), () => {
        column.forEach((vector, j) => f.set(vector, v128.load(b, { offset: j * 16, align: size })));
        for (let i = 0; i < rows; i++) {
          f.set(row, loadSplat(a, { offset: i * size }));
          column.forEach((vector, j) => multiplyAdd(acc[i * vectors + j] as Local<"v128">, row, vector));
        }
        f.set(a, i32.add(a, bytesA));
        f.set(b, i32.add(b, bytesB));
      });
    };

    f.loop((nextChunk) => {
      f.set(steps, select(i32.ltU(k, chunkLength), k, i32.const(chunkLength)));
      f.set(k, i32.sub(k, steps));
      for (const sum of acc) f.set(sum, shape.const(0));
      runSteps(steps);
      f.if(i32.eqz(isFirst), () => {
        acc.forEach((sum, i) => f.set(sum, shape.add(v128.load(sums, { offset: i * 16 }), sum)));
      });
      f.if(k, () => {
        acc.forEach((sum, i) => f.store("v128", sums, sum, { offset: i * 16 }));
        f.set(isFirst, 0);
        f.br(nextChunk);
      });
    });

    acc.forEach((sum, i) => {
      const [, j] = cells[i] as (typeof cells)[number];
      f.store("v128", out, sum, { offset: j * 16, align: size });
      if (j === vectors - 1) f.set(out, i32.add(out, stride));
    });
  });
}
