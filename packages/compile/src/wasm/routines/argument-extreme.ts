import { type FunctionBuilder, i32, i32x4, type Local, select, v128 } from "@tapegrad/simd";
import type { DType } from "@tapegrad/tensor";
import { attrsOf } from "../../graph/graph.ts";
import { bytesOf, elements } from "../elements.ts";
import { beatsOf, type Better, fourBeat } from "./beats.ts";
import { forEachLine, type Lines, linesOf } from "./lines.ts";
import { routineCode, type RoutineEmitter } from "./routine-code.ts";

/** The first largest element of every line; NaN counts as the extreme. */
export const argmax: RoutineEmitter = argumentExtreme("gt");
/** The first smallest element of every line; NaN counts as the extreme. */
export const argmin: RoutineEmitter = argumentExtreme("lt");

function argumentExtreme(better: Better): RoutineEmitter {
  return ({ operation, inputs }) => {
    const { axis } = attrsOf(operation, "argmax");
    const x = inputs[0]!;
    const out = operation.outputs[0]!;
    const { shape, dtype } = operation.inputs[0]!;
    if (shape.length === 0) return undefined;
    const lines = linesOf(shape, axis);
    const isWide = bytesOf(dtype) === 4;
    return routineCode([
      {
        items: lines.outer,
        emit: ({ f, addressOf, from, to }) => {
          forEachLine(f, lines, { from, to }, isWide ? 4 : 1, (first, line, width) => {
            const source = f.let(i32.add(i32.mul(first, bytesOf(dtype)), addressOf(x)));
            const target = i32.add(i32.shl(line, 2), addressOf(out));
            if (width === 1) f.store("i32", target, best(f, dtype, lines, source, better));
            else f.store("v128", target, fourBest(f, dtype, lines, source, better), { align: 4 });
          });
        },
      },
    ]);
  };
}

function best(
  f: FunctionBuilder<"void">,
  dtype: DType,
  { n, stride }: Lines,
  source: Local<"i32">,
  better: Better,
): Local<"i32"> {
  const { load } = elements[dtype];
  const beats = beatsOf(dtype, better);
  const at = f.local("i32", source);
  const value = f.let(load(at));
  const found = f.local("i32", 0);
  f.for({ from: 1, to: n }, (k) => {
    f.set(at, i32.add(at, stride * bytesOf(dtype)));
    const x = f.let(load(at));
    const isBetter = f.let(beats(x, value));
    f.set(found, select(isBetter, k, found));
    f.set(value, select(isBetter, x, value));
  });
  return found;
}

function fourBest(
  f: FunctionBuilder<"void">,
  dtype: DType,
  { n, stride }: Lines,
  source: Local<"i32">,
  better: Better,
): Local<"v128"> {
  const beats = fourBeat(dtype, better);
  const at = f.local("i32", source);
  const value = f.let(v128.load(at, { align: 4 }));
  const found = f.local("v128", i32x4.const(0));
  f.for({ from: 1, to: n }, (k) => {
    f.set(at, i32.add(at, stride * 4));
    const x = f.let(v128.load(at, { align: 4 }));
    const isBetter = f.let(beats(x, value));
    f.set(found, v128.bitselect(i32x4.splat(k), found, isBetter));
    f.set(value, v128.bitselect(x, value, isBetter));
  });
  return found;
}
