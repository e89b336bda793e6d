import { i32 } from "@tapegrad/simd";
import { keepDimsShape, stridesOf } from "@tapegrad/tensor/internal";
import { attrsOf } from "../../graph/graph.ts";
import { emitNest, joinAxes } from "./nest.ts";
import { routineCode, type RoutineEmitter } from "./routine-code.ts";

/** The largest of bools is found by "or", the smallest by "and". */
export function boolExtreme(fold: "max" | "min"): RoutineEmitter {
  return ({ operation, inputs }) => {
    const out = operation.outputs[0]!;
    const { shape, dtype } = operation.inputs[0]!;
    const { axes } = attrsOf(operation, fold);
    if (dtype !== "bool") return undefined;
    const own = stridesOf(shape);
    const results = stridesOf(keepDimsShape(shape, axes));
    const pick = (reduced: boolean) => {
      const taken = shape.flatMap((_, axis) => (axes.includes(axis) === reduced ? [axis] : []));
      return joinAxes(
        taken.map((axis) => shape[axis]!),
        [own, results].map((strides) => taken.map((axis) => strides[axis]!)),
      );
    };
    const isOr = fold === "max";
    const combine = isOr ? i32.or : i32.and;
    const [kept, reduced] = [pick(false), pick(true)];
    return routineCode([
      {
        items: kept.extents[0] ?? 1,
        emit: ({ f, addressOf, from, to }) => {
          const source = {
            address: f.local("i32", addressOf(inputs[0]!)),
            strides: kept.strides[0]!,
          };
          const target = { address: f.local("i32", addressOf(out)), strides: kept.strides[1]! };
          const range = kept.extents.length > 0 ? { from, to } : undefined;
          const foldOne = (): void => {
            const total = f.local("i32", isOr ? 0 : 1);
            const walker = { address: f.local("i32", source.address), strides: reduced.strides[0]! };
            emitNest(f, reduced.extents, [walker], () => f.set(total, combine(total, i32.load8U(walker.address))));
            f.store("i32.8", target.address, total);
          };
          emitNest(f, kept.extents, [source, target], foldOne, range);
        },
      },
    ]);
  };
}
