import { f32, f64, i32, type Local } from "@tapegrad/simd";
import { sizeOf, stridesOf } from "@tapegrad/tensor/internal";
import { attrsOf, type Value } from "../../graph/graph.ts";
import type { View } from "../../schedule/view.ts";
import { addElement, isSummed, isZero, roundTotals, type Summed, totalBytes } from "./accumulate.ts";
import { checkRange } from "./index-range.ts";
import { emitNest, type Walker } from "./nest.ts";
import { routineCode, type RoutineEmitter, type RoutinePhase, type RoutineScope } from "./routine-code.ts";
import { elementBytes } from "./rows.ts";
import { scatterRows } from "./scatter-rows.ts";

/** Whole rows by lists of what falls on each; else slab by slab, each kept in float64 until it is complete. */
export const scatterAdd: RoutineEmitter = (kernel) => {
  const { operation, views } = kernel;
  const { axis } = attrsOf(operation, "scatterAdd");
  const [x, index, source] = views as [View, View, View];
  const out = operation.outputs[0]!;
  const { dtype } = out;
  if (!isSummed(dtype)) return undefined;
  const check = checkRange(index, x.shape[axis]!);
  const rows = scatterRows(kernel, dtype);
  if (rows !== undefined) return { ...rows, phases: [check, ...rows.phases] };
  // Slabs along the axes in front are independent where the index covers them all.
  let front = 0;
  while (front < axis && index.shape[front] === x.shape[front]) front++;
  const slab = sizeOf(x.shape.slice(front));
  return routineCode([check, scatterSlabs({ x, index, source, out, axis, front, slab, dtype })], {
    ownBytes: dtype === "float32" ? slab * 8 : 0,
  });
};

interface Slabs {
  readonly x: View;
  readonly index: View;
  readonly source: View;
  readonly out: Value;
  readonly axis: number;
  /** How many axes count slabs. */
  readonly front: number;
  /** Elements of a slab. */
  readonly slab: number;
  readonly dtype: Summed;
}

function scatterSlabs({ x, index, source, out, axis, front, slab, dtype }: Slabs): RoutinePhase {
  const bytes = elementBytes(dtype);
  const size = totalBytes(dtype);
  const own = stridesOf(out.shape);
  const slabs = out.shape.slice(0, front);
  return {
    items: slabs[0] ?? 1,
    emit: (scope) => {
      const { f, addressOf, from, to } = scope;
      const walker = (address: number, strides: readonly number[], by: number): Walker => ({
        address: f.local("i32", address),
        strides: strides.map((stride) => stride * by),
      });
      const seen = ({ base, offset, strides }: View, by: number): Walker =>
        walker(addressOf(base) + offset * by, strides, by);
      const inside = ({ address, strides }: Walker): Walker => ({
        address: f.local("i32", address),
        strides: strides.slice(front),
      });
      const [first, at, added] = [seen(x, bytes), seen(index, 4), seen(source, bytes)];
      const target = walker(addressOf(out), own, bytes);
      const slabAt = (): void => {
        const totals = dtype === "float32" ? f.local("i32", scope.own) : target.address;
        start(scope, x, front, inside(first), totals, dtype);
        const line = {
          address: f.local("i32", totals),
          strides: own.map((stride, a) => (a === axis ? 0 : stride * size)).slice(front),
        };
        const [position, element] = [inside(at), inside(added)];
        emitNest(f, index.shape.slice(front), [position, element, line], () => {
          const place = i32.add(line.address, i32.mul(i32.load(position.address), own[axis]! * size));
          addElement(f, dtype, f.let(place), element.address);
        });
        if (dtype === "float32") roundTotals(f, target.address, totals, slab);
      };
      emitNest(f, slabs, [first, at, added, target], slabAt, front > 0 ? { from, to } : undefined);
    },
  };
}

/** The totals start from the first operand. */
function start({ f }: RoutineScope, x: View, front: number, from: Walker, totals: Local<"i32">, dtype: Summed): void {
  const extents = x.shape.slice(front);
  const size = totalBytes(dtype);
  if (isZero(x)) {
    f.fillMemory(totals, 0, sizeOf(extents) * size);
    return;
  }
  const to = { address: f.local("i32", totals), strides: stridesOf(extents).map((stride) => stride * size) };
  emitNest(f, extents, [from, to], () => {
    if (dtype === "int32") f.store("i32", to.address, i32.load(from.address));
    else {
      const element = dtype === "float32" ? f64.promoteF32(f32.load(from.address)) : f64.load(from.address);
      f.store("f64", to.address, element);
    }
  });
}
