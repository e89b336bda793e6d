import { type Expr, f32, f32x4, f64, f64x2, type FunctionBuilder, i32, i32x4, type Local, v128 } from "@tapegrad/simd";
import { attrsOf } from "../../graph/graph.ts";
import { isSummed, type Summed } from "./accumulate.ts";
import { forEachLine, linesOf } from "./lines.ts";
import { routineCode, type RoutineEmitter } from "./routine-code.ts";
import { elementBytes } from "./rows.ts";

/** Line by line, four neighbouring lines at once; float32 is added in float64. */
export const cumsum: RoutineEmitter = ({ operation, inputs }) => {
  const { axis, reverse } = attrsOf(operation, "cumsum");
  const out = operation.outputs[0]!;
  const { dtype, shape } = out;
  if (!isSummed(dtype) || shape.length === 0) return undefined;
  const lines = linesOf(shape, axis);
  const bytes = elementBytes(dtype);
  const step = lines.stride * bytes * (reverse ? -1 : 1);
  const start = reverse ? (lines.n - 1) * lines.stride * bytes : 0;
  return routineCode([
    {
      items: lines.outer,
      emit: ({ f, addressOf, from, to }) => {
        forEachLine(f, lines, { from, to }, 4, (first, _line, width) => {
          const at = f.let(i32.mul(first, bytes));
          const source = f.local("i32", i32.add(at, addressOf(inputs[0]!) + start));
          const target = f.local("i32", i32.add(at, addressOf(out) + start));
          const add = width === 1 ? adder(f, dtype, source, target) : wideAdder(f, dtype, source, target);
          f.for({ to: lines.n }, () => {
            add();
            f.set(source, i32.add(source, step));
            f.set(target, i32.add(target, step));
          });
        });
      },
    },
  ]);
};

function adder(f: FunctionBuilder<"void">, dtype: Summed, from: Local<"i32">, to: Local<"i32">): () => void {
  if (dtype === "int32") {
    const total = f.local("i32", 0);
    return () => {
      f.set(total, i32.add(total, i32.load(from)));
      f.store("i32", to, total);
    };
  }
  const total = f.local("f64", 0);
  return () => {
    f.set(total, f64.add(total, dtype === "float32" ? f64.promoteF32(f32.load(from)) : f64.load(from)));
    if (dtype === "float32") f.store("f32", to, f32.demoteF64(total));
    else f.store("f64", to, total);
  };
}

function wideAdder(f: FunctionBuilder<"void">, dtype: Summed, from: Local<"i32">, to: Local<"i32">): () => void {
  const zero = (): Local<"v128"> => f.local("v128", i32x4.const(0));
  const load = (offset = 0): Expr<"v128"> => v128.load(from, { offset, align: 4 });
  if (dtype === "int32") {
    const total = zero();
    return () => {
      f.set(total, i32x4.add(total, load()));
      f.store("v128", to, total, { align: 4 });
    };
  }
  const [low, high] = [zero(), zero()];
  return () => {
    const lanes = f.let(load());
    const [a, b] =
      dtype === "float32"
        ? [f64x2.promoteLowF32x4(lanes), f64x2.promoteLowF32x4(f32x4.shuffle(lanes, lanes, [2, 3, 2, 3]))]
        : [lanes, load(16)];
    f.set(low, f64x2.add(low, a));
    f.set(high, f64x2.add(high, b));
    if (dtype === "float32") {
      const rounded = f32x4.shuffle(f32x4.demoteF64x2Zero(low), f32x4.demoteF64x2Zero(high), [0, 1, 4, 5]);
      f.store("v128", to, rounded, { align: 4 });
    } else {
      f.store("v128", to, low, { align: 4 });
      f.store("v128", to, high, { offset: 16, align: 4 });
    }
  };
}
