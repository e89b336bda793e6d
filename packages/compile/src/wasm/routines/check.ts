import { type Expr, f32x4, f64x2, type FunctionBuilder, i32, i32x4, type Local, v128 } from "@tapegrad/simd";
import type { DType } from "@tapegrad/tensor";
import type { Expectation } from "@tapegrad/tensor/internal";
import { attrsOf } from "../../graph/graph.ts";
import type { View } from "../../schedule/view.ts";
import { bytesOf, elements } from "../elements.ts";
import { emitNest, joinAxes } from "./nest.ts";
import { routineCode, type RoutineEmitter } from "./routine-code.ts";

/** Vectors that are looked at in one turn of a loop. */
const unroll = 4;

/** Gives masks that are true where the elements of a vector are as expected. */
type Allows = (f: FunctionBuilder<"void">, elements: Expr<"v128">) => Expr<"v128">;

/** Looks at every element, whole vectors where they lie side by side; the reference finds the first that is wrong. */
export const check: RoutineEmitter = ({ operation, views }) => {
  const [view] = views as [View];
  const { dtype } = view.base;
  const allows = allowing[dtype]?.(attrsOf(operation, "check"));
  if (allows === undefined) return undefined;
  return routineCode([
    {
      items: 1,
      emit: ({ f, addressOf, fail }) => {
        const address = f.local("i32", addressOf(view.base) + view.offset * bytesOf(dtype));
        const good = f.local("v128", i32x4.const(-1));
        scan(f, view, address, (found) => f.set(good, v128.and(good, allows(f, found))));
        f.if(v128.anyTrue(v128.not(good)), fail);
      },
    },
  ]);
};

/** Calls `look` with vectors of all elements of a view, in any order and some perhaps several times. */
function scan(
  f: FunctionBuilder<"void">,
  { base, shape, strides }: View,
  address: Local<"i32">,
  look: (elements: Expr<"v128">) => void,
): void {
  const { lanes, memory } = elements[base.dtype];
  const bytes = bytesOf(base.dtype);
  // What is repeated is looked at once, and what lies side by side last.
  const axes = shape
    .flatMap((_, axis) => (strides[axis] === 0 ? [] : [axis]))
    .sort((a, b) => Math.abs(strides[b]!) - Math.abs(strides[a]!));
  const joined = joinAxes(
    axes.map((axis) => shape[axis]!),
    [axes.map((axis) => strides[axis]!)],
  );
  const steps = joined.strides[0]!;
  const isRow = steps.at(-1) === 1;
  const loops = isRow ? joined.extents.slice(0, -1) : joined.extents;
  const n = isRow ? joined.extents.at(-1)! : 1;
  const vectors = Math.floor(n / lanes) * lanes;
  const walker = { address, strides: steps.slice(0, loops.length).map((step) => step * bytes) };
  emitNest(f, loops, [walker], () => {
    const unrolled = vectors - (vectors % (unroll * lanes));
    if (unrolled > 0) {
      f.for({ to: unrolled * bytes, step: unroll * 16 }, (at) => {
        const from = f.let(i32.add(address, at));
        for (let i = 0; i < unroll; i++) look(memory.row(from, i * 16));
      });
    }
    for (let at = unrolled; at < vectors; at += lanes) look(memory.row(address, at * bytes));
    for (let at = vectors; at < n; at++) look(memory.splat(address, { offset: at * bytes }));
  });
}

/** The code for dtypes that are checked; others are left to the reference. */
const allowing: { readonly [D in DType]?: (expectation: Expectation) => Allows } = {
  float32: ({ within, orNaN }) => allowsFloats(f32x4, within.map(inFloat32), orNaN),
  float64: ({ within, orNaN }) => allowsFloats(f64x2, within, orNaN),
  int32: ({ within }) =>
    anyOf(
      within
        .map(([least, greatest]) => [
          Math.max(Math.ceil(least), -(2 ** 31)),
          Math.min(Math.floor(greatest), 2 ** 31 - 1),
        ])
        .filter(([least, greatest]) => least! <= greatest!)
        .map(
          ([least, greatest]) =>
            (x) =>
              v128.and(i32x4.geS(x, i32x4.const(least!)), i32x4.leS(x, i32x4.const(greatest!))),
        ),
    ),
};

function allowsFloats(ops: typeof f32x4 | typeof f64x2, within: Expectation["within"], orNaN = false): Allows {
  const ranges = within.map(([least, greatest]): Condition => {
    const atLeast: Condition = (x) => ops.ge(x, ops.const(least));
    // NaN is not even at least −∞.
    if (greatest === Infinity) return atLeast;
    return (x) => v128.and(atLeast(x), ops.le(x, ops.const(greatest)));
  });
  return anyOf(orNaN ? [...ranges, (x) => ops.ne(x, x)] : ranges);
}

type Condition = (x: Local<"v128">) => Expr<"v128">;

function anyOf(conditions: readonly Condition[]): Allows {
  return (f, found) => {
    const x = f.let(found);
    const met = conditions.map((condition) => condition(x));
    return met.length === 0 ? i32x4.const(0) : met.reduce((a, b) => v128.or(a, b));
  };
}

/** The same range of float32: its ends are numbers of that dtype. */
function inFloat32([least, greatest]: readonly [number, number]): readonly [number, number] {
  const [low, high] = [Math.fround(least), Math.fround(greatest)];
  return [low < least ? neighbour(low, 1) : low, high > greatest ? neighbour(high, -1) : high];
}

/** The next float32 above or below a number. */
function neighbour(x: number, direction: 1 | -1): number {
  if (x === 0) return direction * 2 ** -149;
  const float = Float32Array.of(x);
  new Int32Array(float.buffer)[0]! += x > 0 === direction > 0 ? 1 : -1;
  return float[0]!;
}
