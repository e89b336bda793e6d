import type { Expr } from "../../assembler/expr.ts";
import type { FunctionBuilder } from "../../assembler/function-builder.ts";
import type { Local } from "../../assembler/local.ts";
import { definedOnce } from "../../assembler/defined-once.ts";
import type { ModuleBuilder } from "../../assembler/module-builder.ts";
import { i32 } from "../../assembler/ops/i32.ts";
import { v128 } from "../../assembler/ops/v128.ts";
import { axisOffset, lengthOf, runOf, strideOf } from "./affine-axis.ts";
import { loadLanes } from "../partial-vector.ts";
import { transposeLanes } from "../transpose-lanes.ts";
import { definePackRows } from "./pack-rows.ts";
import { packSignature, panelBytes, startSteps } from "./panel-source.ts";
import type { PackPanels, PackParams as Params, PanelSource, Steps } from "./panel-source.ts";

/** Defines a packing function for one operand. Reads no byte outside of it. */
export function definePackPanels(module: ModuleBuilder, source: PanelSource): PackPanels {
  const { lineAxis, lines, width, size, panels } = source;
  if (strideOf(lineAxis) === 1) return definePackRows(module, source);
  const lanes = 16 / size;
  return definedOnce(module, `pack ${JSON.stringify(source)}`, packSignature, () => (f, params) => {
    const groups = (): void => {
      for (let first = 0; first < lines; first += lanes) {
        emitGroup(f, params, source, first, Math.min(lanes, lines - first));
      }
    };
    const copies = (): void => emitCopy(f, params, source, 0, lines);
    const panel = (): void => {
      if (runOf(lineAxis) >= lines) emitIfSideBySide(f, params, source, 0, lines, copies, groups);
      else groups();
      f.set(params.packed, i32.add(params.packed, panelBytes(params.steps, width * size)));
      f.set(params.line, i32.add(params.line, lines));
    };
    f.loop((next) => {
      for (let i = 0; i < panels; i++) panel();
      f.brIf(next, i32.ltS(params.line, params.limit));
    });
  });
}

/** Packs up to one vector of lines. */
function emitGroup(f: FunctionBuilder, params: Params, source: PanelSource, first: number, lines: number): void {
  const { lineAxis, stepAxis, size } = source;
  const scattered = (): void => {
    const from = linesOf(f, params, source, first, lines);
    const target = f.let(i32.add(params.packed, first * size));
    if (runOf(stepAxis) >= 16 / size) emitTranspose(f, params, source, from, target);
    else emitGather(f, params, source, from, target);
  };
  if (lineAxis.length === 1 || runOf(lineAxis) < lines) return scattered();
  emitIfSideBySide(f, params, source, first, lines, () => emitCopy(f, params, source, first, lines), scattered);
}

/** Runs `then` if some lines are side by side in memory and none is beyond the limit, else `otherwise`. */
function emitIfSideBySide(
  f: FunctionBuilder,
  params: Params,
  { lineAxis, isLimited }: PanelSource,
  first: number,
  lines: number,
  then: () => void,
  otherwise: () => void,
): void {
  const line = i32.add(params.line, first);
  const conditions: Expr<"i32">[] = [];
  const run = runOf(lineAxis);
  if (lineAxis.length > 1) conditions.push(i32.leU(i32.add(i32.remU(line, run), lines), run));
  if (isLimited) conditions.push(i32.leU(i32.add(line, lines), params.limit));
  if (conditions.length === 0) return then();
  const condition = conditions.reduce((all, one) => i32.and(all, one));
  f.if(condition, then, otherwise);
}

function lineBase({ source }: Params, { lineAxis, size }: PanelSource, line: Expr<"i32">): Expr<"i32"> {
  return i32.add(source, axisOffset(lineAxis, line, size));
}

/** Where a line is: so many bytes after an address. */
interface Line {
  readonly base: Local<"i32">;
  readonly bytes: number;
}

/** Some lines at step 0: from one address if they go forward by one stride. */
function linesOf(f: FunctionBuilder, params: Params, source: PanelSource, first: number, count: number): Line[] {
  const { lineAxis, size, isLimited } = source;
  const stride = strideOf(lineAxis) ?? -1;
  const indices = Array.from({ length: count }, (_, i) => i);
  if (stride >= 0 && !isLimited) {
    const base = f.let(lineBase(params, source, i32.add(params.line, first)));
    return indices.map((i) => ({ base, bytes: i * stride * size }));
  }
  return indices.map((i) => {
    const index = f.let(i32.add(params.line, first + i));
    if (isLimited) {
      f.if(i32.geU(index, params.limit), () => f.set(index, i32.sub(params.limit, 1)));
    }
    return { base: f.let(lineBase(params, source, index)), bytes: 0 };
  });
}

/** The same lines at a step. */
function linesAt(f: FunctionBuilder, lines: readonly Line[], offset: Expr<"i32">): Line[] {
  const moved = new Map<Local<"i32">, Local<"i32">>();
  for (const { base } of lines) if (!moved.has(base)) moved.set(base, f.let(i32.add(base, offset)));
  return lines.map(({ base, bytes }) => ({ base: moved.get(base)!, bytes }));
}

/** Lines side by side: a step is a few vectors. */
function emitCopy(f: FunctionBuilder, params: Params, source: PanelSource, first: number, lines: number): void {
  const { size, width } = source;
  const lanes = 16 / size;
  const line = f.let(i32.add(params.line, first));
  const from = f.let(lineBase(params, source, line));
  const target = f.let(i32.add(params.packed, first * size));
  const steps = startSteps(f, params, source);
  f.for({ to: params.steps }, () => {
    const address = f.let(i32.add(from, steps.offset));
    for (let lane = 0; lane < lines; lane += lanes) {
      const offset = lane * size;
      const vector = loadLanes(address, { lanes: Math.min(lanes, lines - lane), size, offset });
      f.store("v128", target, vector, { offset, align: size });
    }
    steps.advance(1);
    f.set(target, i32.add(target, width * size));
  });
}

/** Scattered elements: each step is gathered. */
function emitGather(
  f: FunctionBuilder,
  params: Params,
  source: PanelSource,
  from: readonly Line[],
  target: Local<"i32">,
): void {
  const steps = startSteps(f, params, source);
  f.for({ to: params.steps }, () => emitGatherStep(f, source, from, steps, target));
}

function emitGatherStep(
  f: FunctionBuilder,
  { size, width }: PanelSource,
  from: readonly Line[],
  steps: Steps,
  target: Local<"i32">,
): void {
  const loadLane = size === 4 ? v128.load32Lane : v128.load64Lane;
  const lines = linesAt(f, from, f.let(steps.offset));
  const gathered = lines.reduce<Expr<"v128"> | undefined>((vector, { base, bytes: offset }, lane) => {
    return vector === undefined
      ? loadLanes(base, { lanes: 1, size, offset })
      : loadLane(base, vector, lane, { offset, align: size });
  }, undefined);
  if (gathered !== undefined) f.store("v128", target, gathered, { align: size });
  steps.advance(1);
  f.set(target, i32.add(target, width * size));
}

/** Steps side by side, in runs: a square of lines and steps is transposed at a time. */
function emitTranspose(
  f: FunctionBuilder,
  params: Params,
  source: PanelSource,
  from: readonly Line[],
  target: Local<"i32">,
): void {
  const { stepAxis, size, width } = source;
  const lanes = 16 / size;
  const run = runOf(stepAxis);
  const steps = startSteps(f, params, source);
  const last = f.let(i32.add(params.first, i32.and(params.steps, -lanes)));
  const end = f.let(i32.add(params.first, params.steps));
  const square = (): void => {
    const at = linesAt(f, from, f.let(steps.offset));
    const loaded = at.map(({ base, bytes }) => f.let(v128.load(base, { offset: bytes, align: size })));
    const lines = Array.from({ length: lanes }, (_, i) => loaded[Math.min(i, loaded.length - 1)]!);
    transposeLanes(f, lines).forEach((vector, step) => {
      f.store("v128", target, vector, { offset: step * width * size, align: size });
    });
    steps.advance(lanes);
    f.set(target, i32.add(target, lanes * width * size));
  };
  const singles = (): void => {
    for (let i = 0; i < lanes; i++) emitGatherStep(f, source, from, steps, target);
  };
  const isWholeRuns = run === lengthOf(stepAxis) || run % lanes === 0;
  f.for({ from: params.first, to: last, step: lanes }, (step) => {
    if (isWholeRuns) square();
    else f.if(i32.leU(i32.add(i32.remU(step, run), lanes), run), square, singles);
  });
  f.for({ from: last, to: end }, () => emitGatherStep(f, source, from, steps, target));
}
