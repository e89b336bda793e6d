import type { FunctionBuilder } from "../../assembler/function-builder.ts";
import type { FunctionRef } from "../../assembler/function-ref.ts";
import type { Local } from "../../assembler/local.ts";
import type { ModuleBuilder } from "../../assembler/module-builder.ts";
import { f32x4, f64x2 } from "../../assembler/ops/float-vector.ts";
import { i32 } from "../../assembler/ops/i32.ts";
import { v128 } from "../../assembler/ops/v128.ts";
import { strideOf } from "./affine-axis.ts";
import type { ColumnPanels, GemmPlan } from "./gemm-plan.ts";
import { loadLanes, storeLanes } from "./partial-vector.ts";

const signature = {
  params: {
    a: "i32",
    b: "i32",
    c: "i32",
    from: "i32",
    to: "i32",
    column: "i32",
    steps: "i32",
    isFirst: "i32",
    isLast: "i32",
    argument: "i32",
  },
  result: "void",
} as const;

/**
 * Computes rows [from, to) of one column panel over `steps` steps of K. `a` is the address of row `from`, `b` that of
 * the panel, `c` that of the result's first element; `isFirst` and `isLast` say whether these steps begin or end the sums.
 */
export type TilePanel = FunctionRef<(typeof signature)["params"], "void">;
type Params = { readonly [Name in keyof (typeof signature)["params"]]: Local<"i32"> };

/** The distances in bytes between neighbours in the operands that the tile reads. */
interface Strides {
  readonly rowA: number;
  readonly stepA: number;
  readonly stepB: number;
  readonly rowC: number;
}

/** Defines the function of one width of column panels: the innermost loops of a product. */
export function defineTilePanel(module: ModuleBuilder, plan: GemmPlan, panel: ColumnPanels, name: string): TilePanel {
  const { size, spec, packsA, packsB, panelRows, panelWidth, lanes } = plan;
  const { m } = spec;
  const { height } = panel;
  const strides: Strides = {
    rowA: size * (packsA ? 1 : (strideOf(plan.a.rows) as number)),
    stepA: size * (packsA ? panelWidth : (strideOf(plan.a.columns) as number)),
    stepB: size * (packsB ? panel.vectors * lanes : (strideOf(plan.b.rows) as number)),
    rowC: size * spec.c.rowStride,
  };
  return module.function(name, signature, (f, params) => {
    const { a, c, from, to, steps } = params;
    const tile = (rows: number): void => {
      emitTile(f, plan, panel, strides, params, rows);
      f.set(a, i32.add(a, rows * strides.rowA));
      f.set(c, i32.add(c, rows * strides.rowC));
      f.set(from, i32.add(from, rows));
    };
    const tiles = (end: Local<"i32">): void => {
      f.while(i32.leS(i32.add(from, height), end), () => tile(height));
      const tail = m % height;
      if (tail > 1) f.if(i32.eq(i32.add(from, tail), end), () => tile(tail));
      if (height > 1) f.while(i32.ltS(from, end), () => tile(1));
    };
    if (!packsA) return tiles(to);
    const panelA = f.let(a);
    f.while(i32.ltS(from, to), () => {
      const end = f.let(i32.add(from, panelRows));
      f.if(i32.gtS(end, to), () => f.set(end, to));
      tiles(end);
      f.set(panelA, i32.add(panelA, i32.mul(steps, strides.stepA)));
      f.set(a, panelA);
    });
  });
}

/** Sums a tile of `rows` rows in registers and stores it. */
function emitTile(
  f: FunctionBuilder,
  plan: GemmPlan,
  { vectors, lastLanes }: ColumnPanels,
  strides: Strides,
  params: Params,
  rows: number,
): void {
  const { size, lanes, packsB, spec, depth } = plan;
  const { c, isFirst, isLast, from, column, argument } = params;
  const shape = size === 4 ? f32x4 : f64x2;
  const loadSplat = size === 4 ? v128.load32Splat : v128.load64Splat;
  const lanesOf = (j: number): number => (j === vectors - 1 ? lastLanes : lanes);
  const cells = Array.from({ length: rows * vectors }, (_, cell) => {
    const [i, j] = [Math.floor(cell / vectors), cell % vectors];
    return { i, j, sum: f.local("v128", shape.const(0)), access: { lanes: lanesOf(j), size, offset: j * 16 } } as const;
  });
  const columns = Array.from({ length: vectors }, () => f.local("v128"));
  const element = f.local("v128");

  emitSteps(f, strides, params, spec.k, (a, b) => {
    columns.forEach((vector, j) => {
      const access = { lanes: packsB ? lanes : lanesOf(j), size, offset: j * 16 } as const;
      f.set(vector, loadLanes(b, access));
    });
    for (const { i, j, sum } of cells) {
      if (j === 0) f.set(element, loadSplat(a, { offset: i * strides.rowA, align: size }));
      const x = columns[j] as Local<"v128">;
      f.set(sum, spec.fma ? shape.relaxedMadd(element, x, sum) : shape.add(sum, shape.mul(element, x)));
    }
  });

  const rowC = Array.from({ length: rows }, (_, i) => (i === 0 ? c : f.let(i32.add(c, i * strides.rowC))));
  const addC = (): void => {
    for (const { i, sum, access } of cells) {
      f.set(sum, shape.add(loadLanes(rowC[i] as Local<"i32">, access), sum));
    }
  };
  const epilogue = (): void => {
    for (const { i, j, sum } of cells) {
      const position = { row: i32.add(from, i), column: i32.add(column, j * lanes) };
      const value = spec.epilogue?.(f, { value: sum, lanes: lanesOf(j), ...position, argument });
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
  for (const { i, sum, access } of cells) storeLanes(f, rowC[i] as Local<"i32">, sum, access);
}

/** A loop over the steps of K. It ends by the address of an operand that moves, which saves a counter. */
function emitSteps(
  f: FunctionBuilder,
  { stepA, stepB }: Strides,
  params: Params,
  k: number,
  body: (a: Local<"i32">, b: Local<"i32">) => void,
): void {
  if (k === 0) return;
  const a = f.let(params.a);
  const b = f.let(params.b);
  const counter = stepB !== 0 ? b : stepA !== 0 ? a : f.local("i32", 0);
  const step = stepB !== 0 ? stepB : stepA !== 0 ? stepA : 1;
  const end = f.let(i32.add(counter, i32.mul(params.steps, step)));
  f.loop((next) => {
    body(a, b);
    if (stepA !== 0) f.set(a, i32.add(a, stepA));
    if (stepB !== 0) f.set(b, i32.add(b, stepB));
    if (stepA === 0 && stepB === 0) f.set(counter, i32.add(counter, 1));
    f.brIf(next, i32.ne(counter, end));
  });
}
