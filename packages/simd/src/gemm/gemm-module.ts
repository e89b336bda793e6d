import type { Expr } from "../assembler/expr.ts";
import { ModuleBuilder } from "../assembler/module-builder.ts";
import { i32 } from "../assembler/ops/i32.ts";
import { select } from "../assembler/ops/select.ts";
import { defineFoldKernel, defineTrimKernel } from "./fold-kernel.ts";
import { columnsOf, elementSize } from "./kernel-config.ts";
import type { KernelConfig } from "./kernel-config.ts";
import { definePackKernel } from "./pack-kernels.ts";
import { defineTileKernel } from "./tile-kernel.ts";

const multiplySignature = {
  params: {
    m: "i32",
    n: "i32",
    k: "i32",
    packedA: "i32",
    packedB: "i32",
    panelA: "i32",
    panelB: "i32",
    out: "i32",
    scratch: "i32",
    totals: "i32",
    isFirst: "i32",
    isLast: "i32",
  },
  result: "void",
} as const;

/**
 * Assembles the module of one GEMM variant. It exports `packA` and `packB`, which pack a block, and `multiply`,
 * which multiplies packed blocks into a contiguous block `out` of m × n elements. Where K is longer than one block,
 * sums go to `totals` and reach `out` with the last block. `scratch` has room for two tiles.
 */
export function assembleGemm(config: KernelConfig): Uint8Array<ArrayBuffer> {
  const { rows } = config;
  const columns = columnsOf(config);
  const size = elementSize(config);
  const tileBytes = rows * columns * size;

  const module = new ModuleBuilder();
  module.importMemory("gemm", "memory", { initial: 1 });
  const tile = defineTileKernel(module, config);
  const fold = defineFoldKernel(module, config);
  const trim = defineTrimKernel(module, config);
  module.exportFunction(definePackKernel(module, config, "packA", rows));
  module.exportFunction(definePackKernel(module, config, "packB", columns));

  const multiply = module.function("multiply", multiplySignature, (f, p) => {
    const { m, n, k, scratch, totals, isFirst, isLast } = p;
    const stride = f.let(i32.mul(n, size));
    const isWhole = f.let(i32.and(isFirst, isLast));
    const sums = f.let(i32.add(scratch, tileBytes));
    const b = f.local("i32", p.packedB);
    f.for({ to: n, step: columns }, (column) => {
      const a = f.local("i32", p.packedA);
      const out = f.let(i32.add(p.out, i32.mul(column, size)));
      const width = f.let(atMost(i32.sub(n, column), columns));
      f.for({ to: m, step: rows }, (row) => {
        const height = f.let(atMost(i32.sub(m, row), rows));
        const isFull = i32.and(i32.eq(width, columns), i32.eq(height, rows));
        f.if(
          i32.and(isWhole, isFull),
          () => f.call(tile, { a, b, k, out, stride, sums }),
          () => {
            f.call(tile, { a, b, k, out: scratch, stride: columns * size, sums });
            f.if(i32.eqz(isWhole), () => {
              f.call(fold, { tile: scratch, total: totals, isFirst, isLast });
              f.set(totals, i32.add(totals, rows * columns * 8));
            });
            f.if(isLast, () => f.call(trim, { tile: scratch, out, stride, rows: height, columns: width }));
          },
        );
        f.set(a, i32.add(a, p.panelA));
        f.set(out, i32.add(out, i32.mul(stride, rows)));
      });
      f.set(b, i32.add(b, p.panelB));
    });
  });
  module.exportFunction(multiply);
  return module.toBytes();
}

function atMost(value: Expr<"i32">, limit: number): Expr<"i32"> {
  return select(i32.ltS(value, limit), value, i32.const(limit));
}
