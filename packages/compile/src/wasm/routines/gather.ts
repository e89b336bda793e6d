import { i32 } from "@tapegrad/simd";
import { stridesOf } from "@tapegrad/tensor/internal";
import { attrsOf } from "../../graph/graph.ts";
import type { View } from "../../schedule/view.ts";
import { bytesOf } from "../elements.ts";
import { emitNest, joinAxes } from "./nest.ts";
import { routineCode, type RoutineEmitter } from "./routine-code.ts";
import { copyElement, copyRow } from "./rows.ts";

/** Copies elements, or rows where the index is the same along the last axes. */
export const gather: RoutineEmitter = ({ operation, views }) => {
  const { axis } = attrsOf(operation, "gather");
  const [x, index] = views as [View, View];
  const out = operation.outputs[0]!;
  const bytes = bytesOf(out.dtype);
  const others = x.strides.map((stride, a) => (a === axis ? 0 : stride));
  const joined = joinAxes(index.shape, [stridesOf(out.shape), index.strides, others]);
  const [toStrides, indexStrides, xStrides] = joined.strides as [number[], number[], number[]];
  const isRow = toStrides.at(-1) === 1 && indexStrides.at(-1) === 0 && xStrides.at(-1) === 1;
  const row = isRow ? joined.extents.at(-1)! : 1;
  const loops = isRow ? joined.extents.slice(0, -1) : joined.extents;
  const along = x.strides[axis]! * bytes;
  return routineCode([
    {
      items: loops[0] ?? 1,
      emit: ({ f, addressOf, from, to }) => {
        const scaled = (strides: readonly number[], size: number): number[] =>
          strides.slice(0, loops.length).map((stride) => stride * size);
        const target = { address: f.local("i32", addressOf(out)), strides: scaled(toStrides, bytes) };
        const at = {
          address: f.local("i32", addressOf(index.base) + index.offset * 4),
          strides: scaled(indexStrides, 4),
        };
        const source = {
          address: f.local("i32", addressOf(x.base) + x.offset * bytes),
          strides: scaled(xStrides, bytes),
        };
        const walk = (): void => {
          const picked = f.let(i32.add(source.address, i32.mul(i32.load(at.address), along)));
          if (isRow) copyRow(f, target.address, picked, row * bytes);
          else copyElement(f, target.address, picked, bytes);
        };
        emitNest(f, loops, [target, at, source], walk, loops.length > 0 ? { from, to } : undefined);
      },
    },
  ]);
};
