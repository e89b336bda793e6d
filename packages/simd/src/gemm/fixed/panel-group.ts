import type { Expr } from "../../assembler/expr.ts";
import type { FunctionBuilder } from "../../assembler/function-builder.ts";
import type { Local } from "../../assembler/local.ts";
import { i32 } from "../../assembler/ops/i32.ts";
import { select } from "../../assembler/ops/select.ts";
import { strideOf } from "./affine-axis.ts";
import type { ColumnPanels, GemmPlan } from "./gemm-plan.ts";
import type { PackPanel } from "./pack-panel.ts";
import type { TilePanel } from "./tile-panel.ts";

/** The parameters of a product's function. */
export interface GemmParams {
  readonly a: Local<"i32">;
  readonly b: Local<"i32">;
  readonly c: Local<"i32">;
  readonly scratch: Local<"i32">;
  readonly rowStart: Local<"i32">;
  readonly rowEnd: Local<"i32">;
  readonly argument: Local<"i32">;
}

/** Column panels of one width with the functions that compute them. */
export interface PanelGroup {
  readonly panels: ColumnPanels;
  readonly tile: TilePanel;
  readonly packA: PackPanel | undefined;
  readonly packB: PackPanel | undefined;
}

/** A part of an index range. */
interface Block {
  readonly first: Expr<"i32">;
  readonly count: Expr<"i32">;
}

/**
 * Emits the loops around the tiles of one group: blocks of panels, of K, of rows, then panel by panel. The packed block of
 * B stays in the second cache for all rows, a panel of it in the first for the rows of a block.
 */
export function emitPanelGroup(f: FunctionBuilder, plan: GemmPlan, group: PanelGroup, params: GemmParams): void {
  const { spec, lanes, packsB } = plan;
  const { panels } = group;
  const width = panels.vectors * lanes;
  const perBlock = packsB ? Math.max(1, Math.floor(plan.blockColumns / width)) : panels.count;
  emitBlocks(f, 0, panels.count, perBlock, (panelBlock) => {
    emitBlocks(f, 0, spec.k, plan.depth, (steps) => {
      if (group.packB !== undefined) emitPackB(f, plan, group, params, panelBlock, steps);
      emitBlocks(f, params.rowStart, params.rowEnd, plan.blockRows, (rows) => {
        if (group.packA !== undefined) emitPackA(f, plan, group, params, rows, steps);
        emitPanels(f, plan, group, params, panelBlock, steps, rows);
      });
    });
  });
}

function emitPanels(
  f: FunctionBuilder,
  plan: GemmPlan,
  { panels, tile, packA, packB }: PanelGroup,
  { a, b, c, scratch, argument }: GemmParams,
  block: Block,
  steps: Block,
  rows: Block,
): void {
  const { size, lanes, spec } = plan;
  const width = panels.vectors * lanes;
  const column = f.let(i32.add(i32.mul(block.first, width), panels.column));
  const panelEnd = f.let(i32.add(column, i32.mul(block.count, width)));
  const stepA = size * (strideOf(plan.a.columns) ?? 0);
  const rowA = size * (strideOf(plan.a.rows) ?? 0);
  const stepB = size * (strideOf(plan.b.rows) ?? 0);
  const fromA =
    packA === undefined
      ? i32.add(a, i32.add(i32.mul(rows.first, rowA), i32.mul(steps.first, stepA)))
      : i32.add(scratch, plan.scratch.packedA);
  const fromB =
    packB === undefined
      ? i32.add(b, i32.add(i32.mul(steps.first, stepB), i32.mul(column, size)))
      : i32.add(scratch, plan.scratch.packedB);
  const blockA = f.let(fromA);
  const panelB = f.let(fromB);
  const panelC = f.let(i32.add(c, i32.mul(i32.add(i32.mul(rows.first, spec.c.rowStride), column), size)));
  const panelBytesB = packB === undefined ? i32.const(width * size) : f.let(i32.mul(steps.count, width * size));
  const rowEnd = f.let(i32.add(rows.first, rows.count));
  const isLast = f.let(i32.geS(i32.add(steps.first, steps.count), spec.k));
  f.loop((next) => {
    f.call(tile, {
      a: blockA,
      b: panelB,
      c: panelC,
      from: rows.first,
      to: rowEnd,
      column,
      steps: steps.count,
      isFirst: i32.eqz(steps.first),
      isLast,
      argument,
    });
    f.set(column, i32.add(column, width));
    f.set(panelB, i32.add(panelB, panelBytesB));
    f.set(panelC, i32.add(panelC, width * size));
    f.brIf(next, i32.ltS(column, panelEnd));
  });
}

function emitPackB(
  f: FunctionBuilder,
  { size, lanes, scratch }: GemmPlan,
  { panels, packB }: PanelGroup,
  params: GemmParams,
  block: Block,
  steps: Block,
): void {
  if (packB === undefined) return;
  const width = panels.vectors * lanes;
  const packed = f.let(i32.add(params.scratch, scratch.packedB));
  const line = f.let(i32.add(i32.mul(block.first, width), panels.column));
  const end = f.let(i32.add(line, i32.mul(block.count, width)));
  const table = i32.add(params.scratch, scratch.tableB);
  f.loop((next) => {
    f.call(packB, { source: params.b, line, first: steps.first, steps: steps.count, packed, table, limit: 0 });
    f.set(packed, i32.add(packed, i32.mul(steps.count, width * size)));
    f.set(line, i32.add(line, width));
    f.brIf(next, i32.ltS(line, end));
  });
}

function emitPackA(
  f: FunctionBuilder,
  { size, scratch, panelRows }: GemmPlan,
  { panels, packA }: PanelGroup,
  params: GemmParams,
  rows: Block,
  steps: Block,
): void {
  if (packA === undefined) return;
  const packed = f.let(i32.add(params.scratch, scratch.packedA));
  const line = f.let(rows.first);
  const limit = f.let(i32.add(rows.first, rows.count));
  const table = i32.add(params.scratch, scratch.tableA);
  f.loop((next) => {
    f.call(packA, { source: params.a, line, first: steps.first, steps: steps.count, packed, table, limit });
    f.set(packed, i32.add(packed, i32.mul(steps.count, panelRows * size)));
    f.set(line, i32.add(line, panels.height));
    f.brIf(next, i32.ltS(line, limit));
  });
}

/** Runs `body` over a range in blocks; straight, without a loop, where one block is known to do. */
function emitBlocks(
  f: FunctionBuilder,
  from: number | Local<"i32">,
  to: number | Local<"i32">,
  length: number,
  body: (block: Block) => void,
): void {
  if (typeof from === "number" && typeof to === "number" && to - from <= length) {
    body({ first: i32.const(from), count: i32.const(to - from) });
    return;
  }
  f.for({ from, to, step: length }, (first) => {
    const rest = f.let(i32.sub(typeof to === "number" ? i32.const(to) : to, first));
    const count = f.let(select(i32.ltS(rest, length), rest, i32.const(length)));
    body({ first, count });
  });
}
