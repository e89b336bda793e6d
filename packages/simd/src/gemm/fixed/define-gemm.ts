import type { FunctionBuilder } from "../../assembler/function-builder.ts";
import type { FunctionRef } from "../../assembler/function-ref.ts";
import type { ModuleBuilder } from "../../assembler/module-builder.ts";
import { i32 } from "../../assembler/ops/i32.ts";
import { strideOf } from "./affine-axis.ts";
import { emitBands } from "./band.ts";
import { checkGemmSpec } from "./check-gemm-spec.ts";
import { planGemm } from "./gemm-plan.ts";
import type { GemmPlan } from "./gemm-plan.ts";
import type { GemmSpec } from "./gemm-spec.ts";
import { emitPanelGroups } from "./panel-groups.ts";
import type { GemmKernelSet, GemmParams } from "./panel-groups.ts";
import { emitOffsetTable } from "./offset-table.ts";
import { definePackPanels } from "./pack-panels.ts";
import { defineTilePanels } from "./tile-panels.ts";

const signature = {
  params: { a: "i32", b: "i32", c: "i32", scratch: "i32", rowStart: "i32", rowEnd: "i32", argument: "i32" },
  result: "void",
} as const;

/**
 * Computes rows [rowStart, rowEnd) of a product. `a`, `b` and `c` are the byte addresses of the operands' element (0, 0),
 * whatever the rows; `scratch` that of memory of this call alone; `argument` is handed to the epilogue.
 */
export type GemmFunction = FunctionRef<(typeof signature)["params"], "void">;

/**
 * Defines a function that computes `C = epilogue(A · B)`, or `epilogue(C + A · B)`, for sizes and layouts known now.
 *
 * Chains of at most 256 additions in the dtype's precision are summed in registers, and such blocks in order. The order is
 * part of the function: an element has the same bits whatever rows one call computes. Nothing outside the operands is read.
 * Either large operand is packed into `scratch`, unless it is small or lies as the kernels need it.
 *
 * @throws RangeError if a size is not a non-negative integer, a stride no integer, or an axis has another length
 * @example
 * const matrix = { rowStride: 2, columnStride: 1 };
 * const sizes = { dtype: "float32", m: 2, n: 2, k: 2, fma: false } as const;
 * const module = new ModuleBuilder();
 * module.memory({ initial: 1 });
 * module.exportMemory("memory");
 * module.exportFunction(defineGemm(module, { ...sizes, a: matrix, b: matrix, c: { rowStride: 2 } }), "multiply");
 * const { memory, multiply } = new WebAssembly.Instance(module.compile()).exports;
 * const elements = new Float32Array(memory.buffer);
 * elements.set([1, 2, 3, 4, 5, 6, 7, 8]); // A from byte 0 on, B from byte 16
 * multiply(0, 16, 32, 48, 0, 2, 0); // rows 0 and 1 of C, at byte 32
 * elements.slice(8, 12); // => Float32Array [19, 22, 43, 50]
 */
export function defineGemm(module: ModuleBuilder, spec: GemmSpec): GemmFunction {
  checkGemmSpec(spec);
  const plan = planGemm(spec);
  const kernels = defineKernels(module, plan);
  return module.function(spec.name ?? "gemm", signature, (f, params) => {
    if (spec.m === 0 || spec.n === 0) return;
    emitTables(f, plan, params);
    emitPanelGroups(f, plan, kernels, params, emitBands(f, module, plan, params.b));
  });
}

function defineKernels(module: ModuleBuilder, plan: GemmPlan): GemmKernelSet {
  const { a, b, size, lanes, spec, packsA, packsB, panelRows, panelWidth } = plan;
  const { m, n } = spec;
  if (m === 0 || n === 0) return { packA: undefined, groups: [] };
  const axesA = { lineAxis: a.rows, stepAxis: a.columns, size, isLimited: true };
  const axesB = { lineAxis: b.columns, stepAxis: b.rows, size, isLimited: false };
  const packA = packsA
    ? definePackPanels(module, { ...axesA, lines: panelRows, width: panelWidth, panels: 1 })
    : undefined;
  const groups = plan.panels.map((panels) => {
    const lines = (panels.vectors - 1) * lanes + panels.lastLanes;
    const width = panels.vectors * lanes;
    const tile = defineTilePanels(module, plan, panels);
    const packB = packsB
      ? definePackPanels(module, { ...axesB, lines, width, panels: panels.count === 2 ? 2 : 1 })
      : undefined;
    return { panels, tile, packB };
  });
  return { packA, groups };
}

function emitTables(
  f: FunctionBuilder,
  { a, b, size, packsA, packsB, readsByTable, scratch }: GemmPlan,
  params: GemmParams,
): void {
  if (packsA && strideOf(a.columns) === undefined) {
    emitOffsetTable(f, a.columns, size, i32.add(params.scratch, scratch.tableA));
  }
  if (readsByTable || (packsB && strideOf(b.rows) === undefined)) {
    emitOffsetTable(f, b.rows, size, i32.add(params.scratch, scratch.tableB));
  }
}
