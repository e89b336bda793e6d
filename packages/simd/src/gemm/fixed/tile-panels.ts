import type { FunctionBuilder } from "../../assembler/function-builder.ts";
import type { FunctionRef } from "../../assembler/function-ref.ts";
import type { Local } from "../../assembler/local.ts";
import { definedOnce } from "../../assembler/defined-once.ts";
import type { FunctionBody, ModuleBuilder } from "../../assembler/module-builder.ts";
import { f32x4, f64x2 } from "../../assembler/ops/float-vector.ts";
import { i32 } from "../../assembler/ops/i32.ts";
import { emitOuterProducts } from "../outer-product.ts";
import { axisOffset, strideOf } from "./affine-axis.ts";
import { emitDotProducts, emitDotStep, emitLaneSums } from "./dot-products.ts";
import type { ColumnPanels, GemmPlan } from "./gemm-plan.ts";
import { panelBytes } from "./panel-source.ts";
import { loadLanes, storeLanes } from "../partial-vector.ts";

const signature = {
  params: {
    a: "i32",
    b: "i32",
    c: "i32",
    from: "i32",
    to: "i32",
    column: "i32",
    columnEnd: "i32",
    nextB: "i32",
    steps: "i32",
    isFirst: "i32",
    isLast: "i32",
    argument: "i32",
    table: "i32",
  },
  result: "void",
} as const;

/**
 * Computes rows [from, to) of the column panels from `column` up to `columnEnd`, at least one, over `steps` steps of K. `a` is
 * the address of row `from`, `b` that of the first panel and `nextB` the bytes to the next, `c` the address of the result's
 * first element; `isFirst` and `isLast` say whether these steps begin or end the sums. Where B is read by a table of the
 * offsets of its steps, `table` is its address, and `b` that of the operand.
 */
export type TilePanels = FunctionRef<(typeof signature)["params"], "void">;
type Params = { readonly [Name in keyof (typeof signature)["params"]]: Local<"i32"> };

/** The distances in bytes between neighbours in the operands that the tile reads. */
interface Strides {
  readonly rowA: number;
  readonly stepA: number;
  readonly stepB: number;
  readonly columnB: number;
  readonly rowC: number;
}

/**
 * Defines the function of one width of column panels: the innermost loops of a product. Where K is short, a call for each
 * panel would take as long as a fifth of its sums.
 */
export function defineTilePanels(module: ModuleBuilder, plan: GemmPlan, panel: ColumnPanels): TilePanels {
  const { size, spec, packsA, packsB, readsByTable, panelWidth, lanes } = plan;
  const strides: Strides = {
    rowA: size * (packsA ? 1 : (strideOf(plan.a.rows) as number)),
    stepA: size * (packsA ? panelWidth : (strideOf(plan.a.columns) as number)),
    stepB: size * (packsB ? panel.vectors * lanes : (strideOf(plan.b.rows) ?? 0)),
    columnB: size * (strideOf(plan.b.columns) ?? 0),
    rowC: size * spec.c.rowStride,
  };
  const width = panel.vectors * lanes;
  const body: FunctionBody<(typeof signature)["params"], "void"> = (f, params) => {
    const { b, c, column, columnEnd, nextB } = params;
    f.loop((next) => {
      emitRows(f, plan, panel, strides, params);
      if (!readsByTable) f.set(b, i32.add(b, nextB));
      f.set(c, i32.add(c, width * size));
      f.set(column, i32.add(column, width));
      f.brIf(next, i32.ltS(column, columnEnd));
    });
  };
  if (spec.epilogue !== undefined) return module.function("tile", signature, body);
  return definedOnce(module, `tile ${textOf(plan, panel, strides)}`, signature, () => body);
}

/** Computes the rows of one column panel, a tile of rows after the other. */
function emitRows(
  f: FunctionBuilder,
  plan: GemmPlan,
  panel: ColumnPanels,
  strides: Strides,
  { a, b, c, from, to, column, ...params }: Params,
): void {
  const { size, spec, packsA, readsByTable, panelRows } = plan;
  const { height } = panel;
  const panelB = readsByTable ? f.let(i32.add(b, axisOffset(plan.b.columns, column, size))) : b;
  const at = { ...params, a: f.let(a), b: panelB, c: f.let(c), from: f.let(from), to, column };
  const tile = (rows: number): void => {
    emitTile(f, plan, panel, strides, at, rows);
    f.set(at.a, i32.add(at.a, rows * strides.rowA));
    f.set(at.c, i32.add(at.c, rows * strides.rowC));
    f.set(at.from, i32.add(at.from, rows));
  };
  const tiles = (end: Local<"i32">): void => {
    f.while(i32.leS(i32.add(at.from, height), end), () => tile(height));
    const tail = tailOf(spec.m, height);
    if (tail > 0) f.if(i32.eq(i32.add(at.from, tail), end), () => tile(tail));
    if (height > 1) f.while(i32.ltS(at.from, end), () => tile(1));
  };
  if (!packsA) return tiles(to);
  const panelA = f.let(a);
  f.while(i32.ltS(at.from, to), () => {
    const end = f.let(i32.add(at.from, panelRows));
    f.if(i32.gtS(end, to), () => f.set(end, to));
    tiles(end);
    f.set(panelA, i32.add(panelA, panelBytes(params.steps, strides.stepA)));
    f.set(at.a, panelA);
  });
}

/** Rows that are left of a product's tiles and have a tile of their own; 0 if there is none, as for one row. */
function tailOf(m: number, height: number): number {
  const tail = m % height;
  return tail > 1 ? tail : 0;
}

/** What the code without an epilogue depends on. */
function textOf(plan: GemmPlan, { height, vectors, lastLanes }: ColumnPanels, strides: Strides): string {
  const { size, isDot, packsA, packsB, readsByTable, panelRows, depth } = plan;
  const { m, k, fma, accumulateInto } = plan.spec;
  const isWhole = k <= depth;
  const rest = isDot ? k % plan.lanes : 0;
  const packedRows = packsA ? panelRows : 0;
  const columnsB = readsByTable ? plan.b.columns : [];
  const layout = {
    size,
    isDot,
    packsA,
    packsB,
    readsByTable,
    columnsB,
    packedRows,
    height,
    vectors,
    lastLanes,
    ...strides,
  };
  return JSON.stringify({ ...layout, tail: tailOf(m, height), isWhole, rest, isNothing: k === 0, fma, accumulateInto });
}

/** Sums a tile of `rows` rows in registers, and stores it. */
function emitTile(
  f: FunctionBuilder,
  plan: GemmPlan,
  panel: ColumnPanels,
  strides: Strides,
  params: Params,
  rows: number,
): void {
  const { size, lanes, spec, depth } = plan;
  const { c, isFirst, isLast, from, column, argument } = params;
  const shape = size === 4 ? f32x4 : f64x2;
  const sums = plan.isDot
    ? emitDotTile(f, plan, panel, strides, params, rows)
    : emitOuterTile(f, plan, panel, strides, params, rows);
  const cells = sums.map((sum, cell) => {
    const [i, j] = [Math.floor(cell / panel.vectors), cell % panel.vectors];
    const access = { lanes: j === panel.vectors - 1 ? panel.lastLanes : lanes, size, offset: j * 16 } as const;
    return { i, j, sum, access };
  });

  const rowC = Array.from({ length: rows }, (_, i) => (i === 0 ? c : f.let(i32.add(c, i * strides.rowC))));
  const addC = (): void => {
    for (const { i, sum, access } of cells) {
      f.set(sum, shape.add(loadLanes(rowC[i]!, access), sum));
    }
  };
  const epilogue = (): void => {
    for (const { i, j, sum, access } of cells) {
      const position = { row: i32.add(from, i), column: i32.add(column, j * lanes) };
      const value = spec.epilogue?.(f, { value: sum, lanes: access.lanes, ...position, argument });
      if (value !== undefined) f.set(sum, value);
    }
  };
  const isWhole = spec.k <= depth;
  if (spec.accumulateInto === true) addC();
  else if (!isWhole) f.if(i32.eqz(isFirst), addC);
  if (spec.epilogue !== undefined) {
    if (isWhole) epilogue();
    else f.if(isLast, epilogue);
  }
  for (const { i, sum, access } of cells) storeLanes(f, rowC[i]!, sum, access);
}

function emitOuterTile(
  f: FunctionBuilder,
  { size, lanes, packsB, readsByTable, spec }: GemmPlan,
  { vectors, lastLanes }: ColumnPanels,
  { rowA, stepA, stepB }: Strides,
  { a, b, steps, table }: Params,
  rows: number,
): Local<"v128">[] {
  const sums = Array.from({ length: rows * vectors }, () => f.local("v128", f32x4.const(0)));
  const tile = { size, rows, vectors, fused: spec.fma, rowA, stepA, stepB, lastLanes: packsB ? lanes : lastLanes };
  const offsets = readsByTable ? f.let(table) : undefined;
  if (spec.k > 0) emitOuterProducts(f, tile, sums, f.let(a), f.let(b), steps, offsets);
  return sums;
}

function emitDotTile(
  f: FunctionBuilder,
  { size, lanes, spec, depth }: GemmPlan,
  { lastLanes }: ColumnPanels,
  { rowA, columnB }: Strides,
  params: Params,
  rows: number,
): Local<"v128">[] {
  const tile = { size, rows, columns: lastLanes, fused: spec.fma, rowA, columnB };
  const [a, b] = [f.let(params.a), f.let(params.b)];
  const sums = emitDotProducts(f, tile, a, b, i32.shrU(params.steps, Math.log2(lanes)));
  const rest = spec.k % lanes;
  const addRest = (): void => emitDotStep(f, tile, sums, a, b, rest);
  if (rest > 0 && spec.k <= depth) addRest();
  else if (rest > 0) f.if(params.isLast, addRest);
  return emitLaneSums(f, tile, sums);
}
