import { type FunctionBuilder, i32, i32x4, type Local, v128 } from "@tapegrad/simd";
import { attrsOf } from "../../graph/graph.ts";
import { bytesOf, elements, type SumCode } from "../elements.ts";
import { forEachLine, linesOf } from "./lines.ts";
import { routineCode, type RoutineEmitter } from "./routine-code.ts";

/** Line by line, four neighbouring lines at once; float32 is added in float64. */
export const cumsum: RoutineEmitter = ({ operation, inputs }) => {
  const { axis, reverse } = attrsOf(operation, "cumsum");
  const out = operation.outputs[0]!;
  const { dtype, shape } = out;
  const { sums } = elements[dtype];
  if (sums === undefined || shape.length === 0) return undefined;
  const lines = linesOf(shape, axis);
  const bytes = bytesOf(dtype);
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
          const add = width === 1 ? adder(f, sums, source, target) : wideAdder(f, sums, source, target);
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

function adder(f: FunctionBuilder<"void">, sums: SumCode, from: Local<"i32">, to: Local<"i32">): () => void {
  const total = f.local(sums.type, 0);
  return () => {
    f.set(total, sums.add(total, sums.load(from)));
    sums.store(f, to, total);
  };
}

function wideAdder(f: FunctionBuilder<"void">, sums: SumCode, from: Local<"i32">, to: Local<"i32">): () => void {
  const vectors = Array.from({ length: 4 / elements[sums.dtype].lanes }, (_, i) => i * 16);
  const each = bytesOf(sums.total) / bytesOf(sums.dtype);
  const totals = Array.from({ length: vectors.length * each }, () => f.local("v128", i32x4.const(0)));
  return () => {
    // All vectors are read before the first is added; the last needs no local for that.
    const parts = vectors.flatMap((offset, i) => {
      const lanes = v128.load(from, { offset, align: 4 });
      return sums.widen(f, i + 1 < vectors.length ? f.let(lanes) : lanes);
    });
    totals.forEach((total, i) => f.set(total, sums.addVectors(total, parts[i]!)));
    vectors.forEach((offset, i) => {
      f.store("v128", to, sums.round(totals.slice(i * each, (i + 1) * each)), { offset, align: 4 });
    });
  };
}
