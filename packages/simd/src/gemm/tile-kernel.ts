import type { FunctionRef } from "../assembler/function-ref.ts";
import type { ModuleBuilder } from "../assembler/module-builder.ts";
import { f32x4, f64x2 } from "../assembler/ops/float-vector.ts";
import { i32 } from "../assembler/ops/i32.ts";
import { select } from "../assembler/ops/select.ts";
import { v128 } from "../assembler/ops/v128.ts";
import { chunkLength, elementSize, lanesOf } from "./kernel-config.ts";
import type { KernelConfig } from "./kernel-config.ts";
import { emitOuterProducts } from "./outer-product.ts";
import type { OuterProduct } from "./outer-product.ts";

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
  const lanes = lanesOf(config);
  const shape = config.type === "f32" ? f32x4 : f64x2;
  const steps = { rowA: size, stepA: rows * size, stepB: vectors * 16 };
  const product: OuterProduct = { size, rows, vectors, lastLanes: lanes, fused, ...steps };

  return module.function("tile", signature, (f, { a, b, k, out, stride, sums }) => {
    const acc = Array.from({ length: rows * vectors }, () => f.local("v128"));
    const count = f.local("i32");
    const isFirst = f.local("i32", 1);

    f.loop((nextChunk) => {
      f.set(count, select(i32.ltU(k, chunkLength), k, i32.const(chunkLength)));
      f.set(k, i32.sub(k, count));
      for (const sum of acc) f.set(sum, shape.const(0));
      emitOuterProducts(f, product, acc, a, b, count);
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
      const j = i % vectors;
      f.store("v128", out, sum, { offset: j * 16, align: size });
      if (j === vectors - 1) f.set(out, i32.add(out, stride));
    });
  });
}
