import { type FunctionBuilder, i32, i32x4, type Local, v128 } from "@tapegrad/simd";
import type { View } from "../../schedule/view.ts";
import { emitNest, joinAxes } from "./nest.ts";
import type { RoutinePhase } from "./routine-code.ts";

/** Fails unless all elements of an int32 index lie in [0, extent). */
export function checkRange(index: View, extent: number): RoutinePhase {
  return {
    items: 1,
    emit: ({ f, addressOf, fail }) => {
      if (index.shape.includes(0)) return;
      const isWrong = f.local("i32", 0);
      scan(f, index, f.local("i32", addressOf(index.base) + index.offset * 4), extent, isWrong);
      f.if(isWrong, fail);
    },
  };
}

function scan(
  f: FunctionBuilder<"void">,
  { shape, strides }: View,
  address: Local<"i32">,
  extent: number,
  isWrong: Local<"i32">,
): void {
  // What is repeated is looked at once.
  const axes = shape.flatMap((_, axis) => (strides[axis] === 0 ? [] : [axis]));
  const joined = joinAxes(
    axes.map((axis) => shape[axis]!),
    [axes.map((axis) => strides[axis]!)],
  );
  const steps = joined.strides[0]!;
  const isRow = steps.at(-1) === 1;
  const loops = isRow ? joined.extents.slice(0, -1) : joined.extents;
  const n = isRow ? joined.extents.at(-1)! : 1;
  const vectors = Math.floor(n / 4) * 4;
  const wrong = f.local("v128", i32x4.const(0));
  const limit = f.let(i32x4.splat(extent));
  const walker = { address, strides: steps.slice(0, loops.length).map((step) => step * 4) };
  emitNest(f, loops, [walker], () => {
    const one = (at: number): void =>
      f.set(isWrong, i32.or(isWrong, i32.geU(i32.load(address, { offset: at * 4 }), extent)));
    if (vectors > 0) {
      f.for({ to: vectors * 4, step: 16 }, (at) => {
        const lanes = v128.load(i32.add(address, at), { align: 4 });
        f.set(wrong, v128.or(wrong, i32x4.geU(lanes, limit)));
      });
    }
    for (let at = vectors; at < n; at++) one(at);
  });
  f.set(isWrong, i32.or(isWrong, v128.anyTrue(wrong)));
}
