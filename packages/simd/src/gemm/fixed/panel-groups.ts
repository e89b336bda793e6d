import type { Expr } from "../../assembler/expr.ts";
import type { FunctionBuilder } from "../../assembler/function-builder.ts";
import type { Local } from "../../assembler/local.ts";
import { i32 } from "../../assembler/ops/i32.ts";
import { select } from "../../assembler/ops/select.ts";
import { strideOf } from "./affine-axis.ts";
import { type Block, emitWithin, type RunningBands } from "./band.ts";
import type { ColumnPanels, GemmPlan } from "./gemm-plan.ts";
import { panelBytes } from "./panel-source.ts";
import type { PackPanels } from "./panel-source.ts";
import type { TilePanels } from "./tile-panels.ts";

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
  readonly tile: TilePanels;
  readonly packB: PackPanels | undefined;
}

/** The functions that a product calls. */
export interface GemmKernelSet {
  readonly packA: PackPanels | undefined;
  readonly groups: readonly PanelGroup[];
}

/** Panels of one group that are computed in one pass over the rows. */
interface GroupBlock {
  readonly group: PanelGroup;
  readonly panels: Block;
  /** Where their packed panels lie, relative to the packed block of B, for each step of K. */
  readonly packedColumn: number;
}

/**
 * Emits the loops around the tiles: blocks of columns, of K, of rows, then panel by panel. The packed block of B stays in
 * the second cache for all rows, a panel of it in the first for the rows of a block.
 *
 * @param bands what the rows of a block need, where that is not all
 */
export function emitPanelGroups(
  f: FunctionBuilder,
  plan: GemmPlan,
  kernels: GemmKernelSet,
  params: GemmParams,
  bands: RunningBands,
): void {
  const { spec, lanes, packsB, blockColumns } = plan;
  const { groups } = kernels;
  const pass = (blocks: readonly GroupBlock[]): void => {
    emitBlocks(f, 0, spec.k, plan.depth, (steps) => {
      for (const block of blocks) emitPackB(f, plan, block, params, steps);
      emitBlocks(f, params.rowStart, params.rowEnd, plan.blockRows, (rows) => {
        const terms = emitWithin(f, bands.terms, rows, steps, lanes);
        if (kernels.packA !== undefined) emitPackA(f, plan, kernels.packA, params, rows, terms);
        for (const block of blocks) emitPanels(f, plan, block, params, { steps, terms, rows, bands });
      });
    });
  };
  const whole = (group: PanelGroup): Block => ({ first: i32.const(0), count: i32.const(group.panels.count) });
  if (!packsB || spec.n <= blockColumns) {
    pass(groups.map((group) => ({ group, panels: whole(group), packedColumn: group.panels.column })));
    return;
  }
  for (const group of groups) {
    const perBlock = Math.floor(blockColumns / (group.panels.vectors * lanes));
    emitBlocks(f, 0, group.panels.count, perBlock, (panels) => pass([{ group, panels, packedColumn: 0 }]));
  }
}

/** What a block of rows takes part in. */
interface RowsBlock {
  readonly rows: Block;
  /** Of K, whose panels of B are packed. */
  readonly steps: Block;
  /** Those of these steps that the rows need. */
  readonly terms: Block;
  readonly bands: RunningBands;
}

function emitPanels(
  f: FunctionBuilder,
  plan: GemmPlan,
  { group: { panels, tile, packB }, panels: block, packedColumn }: GroupBlock,
  { a, b, c, scratch, argument }: GemmParams,
  { rows, steps, terms, bands }: RowsBlock,
): void {
  const { size, lanes, spec, packsA, readsByTable } = plan;
  const width = panels.vectors * lanes;
  const start = f.let(i32.add(i32.mul(block.first, width), panels.column));
  const columns = { first: start, count: i32.mul(block.count, width) };
  const needed = emitWithin(f, bands.columns, rows, columns, width);
  const stepA = size * (strideOf(plan.a.columns) ?? 0);
  const rowA = size * (strideOf(plan.a.rows) ?? 0);
  const stepB = size * (strideOf(plan.b.rows) ?? 0);
  const columnB = size * (strideOf(plan.b.columns) ?? 0);
  const fromA = packsA
    ? i32.add(scratch, plan.scratch.packedA)
    : i32.add(a, i32.add(i32.mul(rows.first, rowA), i32.mul(terms.first, stepA)));
  const fromB = readsByTable
    ? b
    : packB === undefined
      ? i32.add(b, i32.add(i32.mul(terms.first, stepB), i32.mul(needed.first, columnB)))
      : packedAddress(plan, scratch, packedColumn, steps);
  const nextB = packB === undefined ? width * columnB : f.let(panelBytes(steps.count, width * size));
  const panelB = f.let(fromB);
  if (packB !== undefined && bands.columns !== undefined) {
    f.set(panelB, i32.add(panelB, i32.mul(i32.divU(i32.sub(needed.first, start), width), nextB)));
  }
  if (packB !== undefined && bands.terms !== undefined) {
    f.set(panelB, i32.add(panelB, i32.mul(i32.sub(terms.first, steps.first), width * size)));
  }
  f.call(tile, {
    a: fromA,
    b: panelB,
    c: i32.add(c, i32.mul(i32.add(i32.mul(rows.first, spec.c.rowStride), needed.first), size)),
    from: rows.first,
    to: i32.add(rows.first, rows.count),
    column: needed.first,
    columnEnd: i32.add(needed.first, needed.count),
    nextB,
    steps: terms.count,
    isFirst: i32.eqz(steps.first),
    isLast: i32.geS(i32.add(steps.first, steps.count), spec.k),
    argument,
    table: readsByTable ? i32.add(i32.add(scratch, plan.scratch.tableB), i32.shl(terms.first, 2)) : 0,
  });
}

function packedAddress(
  { size, scratch: { packedB } }: GemmPlan,
  scratch: Expr<"i32">,
  column: number,
  steps: Block,
): Expr<"i32"> {
  return i32.add(i32.add(scratch, packedB), panelBytes(steps.count, column * size));
}

function emitPackB(
  f: FunctionBuilder,
  plan: GemmPlan,
  { group: { panels, packB }, panels: block, packedColumn }: GroupBlock,
  params: GemmParams,
  steps: Block,
): void {
  if (packB === undefined) return;
  const { lanes, scratch } = plan;
  const width = panels.vectors * lanes;
  const line = f.let(i32.add(i32.mul(block.first, width), panels.column));
  f.call(packB, {
    source: params.b,
    line,
    limit: i32.add(line, i32.mul(block.count, width - lanes + panels.lastLanes)),
    first: steps.first,
    steps: steps.count,
    packed: packedAddress(plan, params.scratch, packedColumn, steps),
    table: i32.add(params.scratch, scratch.tableB),
  });
}

function emitPackA(
  f: FunctionBuilder,
  { scratch }: GemmPlan,
  packA: PackPanels,
  params: GemmParams,
  rows: Block,
  steps: Block,
): void {
  f.call(packA, {
    source: params.a,
    line: rows.first,
    limit: i32.add(rows.first, rows.count),
    first: steps.first,
    steps: steps.count,
    packed: i32.add(params.scratch, scratch.packedA),
    table: i32.add(params.scratch, scratch.tableA),
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
