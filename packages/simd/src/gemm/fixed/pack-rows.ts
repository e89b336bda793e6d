import type { FunctionBuilder } from "../../assembler/function-builder.ts";
import type { Local } from "../../assembler/local.ts";
import { definedOnce } from "../../assembler/defined-once.ts";
import type { ModuleBuilder } from "../../assembler/module-builder.ts";
import { i32 } from "../../assembler/ops/i32.ts";
import { i64 } from "../../assembler/ops/i64.ts";
import { loadLanes } from "../partial-vector.ts";
import { strideOf } from "./affine-axis.ts";
import { packSignature, panelBytes, startSteps } from "./panel-source.ts";
import type { PackPanels, PanelSource } from "./panel-source.ts";

/** Steps that are copied at a time: what they write to one panel fills whole lines of the caches. */
const stepsAtATime = 4;

/**
 * Defines a packing function for lines that all lie side by side. It copies a few steps of all panels before the next, so
 * memory is read in order, and each line of the caches once: panel by panel, what has been read for one would be gone
 * before the next where steps are a multiple of a page apart.
 */
export function definePackRows(module: ModuleBuilder, source: Omit<PanelSource, "lineAxis" | "panels">): PackPanels {
  const { stepAxis, lines, width, size, isLimited } = source;
  const key = JSON.stringify({ step: strideOf(stepAxis) ?? "table", lines, width, size, isLimited });
  return definedOnce(module, `pack rows ${key}`, packSignature, () => (f, params) => {
    const steps = startSteps(f, params, source);
    const first = f.let(i32.add(params.source, i32.mul(params.line, size)));
    const count = f.let(i32.sub(params.limit, params.line));
    const end = f.let(i32.mul(count, size));
    // Whole panels are copied by vectors; lines that are left, one by one.
    const whole = isLimited ? f.let(i32.mul(i32.sub(count, i32.remU(count, lines)), size)) : end;
    const panel = f.let(panelBytes(params.steps, width * size));
    const packed = f.let(params.packed);
    const copy = (some: number): void => {
      const rows = Array.from({ length: some }, () => {
        const address = f.let(i32.add(first, steps.offset));
        steps.advance(1);
        return address;
      });
      const target = f.let(packed);
      const stop = f.let(i32.add(rows[0]!, whole));
      f.while(i32.ltU(rows[0]!, stop), () => {
        emitVectors(f, source, rows, target);
        f.set(target, i32.add(target, panel));
      });
      if (isLimited) {
        f.set(stop, i32.add(stop, i32.sub(end, whole)));
        f.while(i32.ltU(rows[0]!, stop), () => emitElements(f, source, rows, target));
      }
      f.set(packed, i32.add(packed, some * width * size));
    };
    const last = f.let(i32.and(params.steps, -stepsAtATime));
    f.for({ to: last, step: stepsAtATime }, () => copy(stepsAtATime));
    f.for({ from: last, to: params.steps }, () => copy(1));
  });
}

type Widths = Pick<PanelSource, "lines" | "width" | "size">;

/** Copies the lines of a panel, and moves on in the rows. */
function emitVectors(
  f: FunctionBuilder,
  { lines, width, size }: Widths,
  rows: readonly Local<"i32">[],
  target: Local<"i32">,
): void {
  const lanes = 16 / size;
  rows.forEach((address, i) => {
    for (let lane = 0; lane < lines; lane += lanes) {
      const vector = loadLanes(address, { lanes: Math.min(lanes, lines - lane), size, offset: lane * size });
      f.store("v128", target, vector, { offset: (i * width + lane) * size, align: size });
    }
    f.set(address, i32.add(address, lines * size));
  });
}

/** Copies one line. */
function emitElements(
  f: FunctionBuilder,
  { width, size }: Widths,
  rows: readonly Local<"i32">[],
  target: Local<"i32">,
): void {
  rows.forEach((address, i) => {
    const options = { offset: i * width * size, align: size } as const;
    if (size === 4) f.store("i32", target, i32.load(address), options);
    else f.store("i64", target, i64.load(address), options);
    f.set(address, i32.add(address, size));
  });
  f.set(target, i32.add(target, size));
}
