import { AssemblyError } from "../assembler/assembly-error.ts";
import type { Expr } from "../assembler/expr.ts";
import type { FunctionBuilder } from "../assembler/function-builder.ts";
import type { FunctionRef } from "../assembler/function-ref.ts";
import type { ModuleBuilder } from "../assembler/module-builder.ts";
import { i32 } from "../assembler/ops/i32.ts";
import { select } from "../assembler/ops/select.ts";
import { i32x4 } from "../assembler/ops/integer-vector.ts";
import { v128 } from "../assembler/ops/v128.ts";
import { elementSize, lanesOf } from "./kernel-config.ts";
import type { KernelConfig } from "./kernel-config.ts";
import { transposeLanes } from "./transpose-lanes.ts";

const signature = {
  params: { source: "i32", stride: "i32", packed: "i32", lines: "i32", k: "i32", acrossK: "i32", panelBytes: "i32" },
  result: "void",
} as const;

/**
 * Packs a matrix of `lines` rows (or columns) into panels of `width` lines: K-major, the lines side by side.
 * `acrossK`: whether memory runs along K (each line contiguous) or along the lines.
 */
export type PackKernel = FunctionRef<(typeof signature)["params"], "void">;

type Vector = Expr<"v128">;

/**
 * Defines the packing kernel for panels of `width` lines. Lines beyond the last are filled with whatever lies
 * there: the tile kernel keeps lines apart, and those results are dropped. Reads up to one vector beyond the source.
 */
export function definePackKernel(module: ModuleBuilder, config: KernelConfig, name: string, width: number): PackKernel {
  const copy = defineCopyPanel(module, config, `${name}Along`, width);
  const transpose = defineTransposePanel(module, config, `${name}Across`, width);
  return module.function(name, signature, (f, { source, stride, packed, lines, k, acrossK, panelBytes }) => {
    f.for({ to: lines, step: width }, (line) => {
      f.if(
        acrossK,
        () => f.call(transpose, { source, stride, packed, lines: i32.sub(lines, line), k }),
        () => f.call(copy, { source, stride, packed, k }),
      );
      const next = select(acrossK, i32.mul(stride, width), i32.const(width * elementSize(config)));
      f.set(source, i32.add(source, next));
      f.set(packed, i32.add(packed, panelBytes));
    });
  });
}

const copySignature = { params: { source: "i32", stride: "i32", packed: "i32", k: "i32" }, result: "void" } as const;

function defineCopyPanel(
  module: ModuleBuilder,
  config: KernelConfig,
  name: string,
  width: number,
): FunctionRef<(typeof copySignature)["params"], "void"> {
  const bytes = width * elementSize(config);
  return module.function(name, copySignature, (f, { source, stride, packed, k }) => {
    f.for({ to: k }, () => {
      for (let offset = 0; offset + 16 <= bytes; offset += 16) {
        f.store("v128", packed, v128.load(source, { offset, align: 4 }), { offset, align: 4 });
      }
      const offset = bytes - (bytes % 16);
      if (offset < bytes) {
        f.storeLane(64, packed, v128.load64Zero(source, { offset, align: 4 }), 0, { offset, align: 4 });
      }
      f.set(source, i32.add(source, stride));
      f.set(packed, i32.add(packed, bytes));
    });
  });
}

const transposeSignature = {
  params: { source: "i32", stride: "i32", packed: "i32", lines: "i32", k: "i32" },
  result: "void",
} as const;

function defineTransposePanel(
  module: ModuleBuilder,
  config: KernelConfig,
  name: string,
  width: number,
): FunctionRef<(typeof transposeSignature)["params"], "void"> {
  const size = elementSize(config);
  const lanes = lanesOf(config);
  const bytes = width * size;
  if (bytes % 8 !== 0) throw new AssemblyError(`${name}: expected panels of a multiple of 8 bytes, got ${bytes}.`);
  const last = f32Pair(lanes, width) ? 2 : lanes;

  return module.function(name, transposeSignature, (f, { source, stride, packed, lines, k }) => {
    for (let first = 0; first < width; first += lanes) {
      const count = first + lanes <= width ? lanes : last;
      const pointers = Array.from({ length: count }, (_, i) => {
        const line = select(i32.ltS(first + i, lines), i32.const(first + i), i32.sub(lines, 1));
        return f.let(i32.add(source, i32.mul(line, stride)));
      });
      const target = f.let(i32.add(packed, first * size));
      f.for({ to: k, step: lanes }, () => {
        const loaded = pointers.map((pointer) => f.let(v128.load(pointer, { align: size })));
        transposed(f, loaded, lanes).forEach((vector, step) => {
          const offset = step * bytes;
          if (count === lanes) f.store("v128", target, vector, { offset, align: size });
          else f.storeLane(64, target, vector, step % 2, { offset, align: size });
        });
        for (const pointer of pointers) f.set(pointer, i32.add(pointer, 16));
        f.set(target, i32.add(target, lanes * bytes));
      });
    }
  });
}

function f32Pair(lanes: number, width: number): boolean {
  return lanes === 4 && width % 4 === 2;
}

/** One vector for each of the `lanes` steps of K; of two f32 lines, two steps share a vector. */
function transposed(f: FunctionBuilder, lines: readonly Vector[], lanes: number): Vector[] {
  if (lines.length === lanes) return transposeLanes(f, lines);
  const [a, b] = lines as [Vector, Vector];
  const low = f.let(i32x4.shuffle(a, b, [0, 4, 1, 5]));
  const high = f.let(i32x4.shuffle(a, b, [2, 6, 3, 7]));
  return [low, low, high, high];
}
