import { i32, type Local } from "@tapegrad/simd";
import { sizeOf, stridesOf } from "@tapegrad/tensor/internal";
import { attrsOf, type Value } from "../../graph/graph.ts";
import type { View } from "../../schedule/view.ts";
import { bytesOf, elements, isRounded, type SumCode } from "../elements.ts";
import { addElement, isZero, roundTotals } from "./accumulate.ts";
import { emitNest, type Walker } from "./nest.ts";
import { routineCode, type RoutineEmitter, type RoutinePhase, type RoutineScope } from "./routine-code.ts";
import { scatterRows } from "./scatter-rows.ts";

/** Whole rows by lists of what falls on each; else slab by slab, each kept in float64 until it is complete. */
export const scatterAdd: RoutineEmitter = (kernel) => {
  const { operation, views } = kernel;
  const { axis } = attrsOf(operation, "scatterAdd");
  const [x, index, source] = views as [View, View, View];
  const out = operation.outputs[0]!;
  const { sums } = elements[out.dtype];
  if (sums === undefined) return undefined;
  const rows = scatterRows(kernel, sums);
  if (rows !== undefined) return rows;
  // Slabs along the axes in front are independent where the index covers them all.
  let front = 0;
  while (front < axis && index.shape[front] === x.shape[front]) front++;
  const slab = sizeOf(x.shape.slice(front));
  return routineCode([scatterSlabs({ x, index, source, out, axis, front, slab, sums })], {
    ownBytes: isRounded(sums.dtype) ? slab * bytesOf(sums.total) : 0,
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
  readonly sums: SumCode;
}

function scatterSlabs({ x, index, source, out, axis, front, slab, sums }: Slabs): RoutinePhase {
  const bytes = bytesOf(sums.dtype);
  const size = bytesOf(sums.total);
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
        const totals = isRounded(sums.dtype) ? f.local("i32", scope.own) : target.address;
        start(scope, x, front, inside(first), totals, sums);
        const line = {
          address: f.local("i32", totals),
          strides: own.map((stride, a) => (a === axis ? 0 : stride * size)).slice(front),
        };
        const [position, element] = [inside(at), inside(added)];
        emitNest(f, index.shape.slice(front), [position, element, line], () => {
          const place = i32.add(line.address, i32.mul(i32.load(position.address), own[axis]! * size));
          addElement(f, sums, f.let(place), element.address);
        });
        if (isRounded(sums.dtype)) roundTotals(f, sums, target.address, totals, slab);
      };
      emitNest(f, slabs, [first, at, added, target], slabAt, front > 0 ? { from, to } : undefined);
    },
  };
}

/** The totals start from the first operand. */
function start({ f }: RoutineScope, x: View, front: number, from: Walker, totals: Local<"i32">, sums: SumCode): void {
  const extents = x.shape.slice(front);
  const size = bytesOf(sums.total);
  if (isZero(x)) {
    f.fillMemory(totals, 0, sizeOf(extents) * size);
    return;
  }
  const to = { address: f.local("i32", totals), strides: stridesOf(extents).map((stride) => stride * size) };
  emitNest(f, extents, [from, to], () => f.store(sums.type, to.address, sums.load(from.address)));
}
