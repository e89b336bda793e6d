import { i32 } from "@tapegrad/simd";
import { stridesOf } from "@tapegrad/tensor/internal";
import { attrsOf } from "../../graph/graph.ts";
import { bytesOf } from "../elements.ts";
import { routineCode, type RoutineEmitter } from "./routine-code.ts";
import { copyStrided } from "./rows.ts";

/** Copies every operand to its place. */
export const concat: RoutineEmitter = ({ operation, views }) => {
  const { axis } = attrsOf(operation, "concat");
  const out = operation.outputs[0]!;
  const bytes = bytesOf(out.dtype);
  const strides = stridesOf(out.shape);
  const starts: number[] = [];
  let start = 0;
  for (const { shape } of views) {
    starts.push(start);
    start += shape[axis]!;
  }
  return routineCode([
    {
      items: axis > 0 ? out.shape[0]! : views.length,
      emit: ({ f, addressOf, from, to }) => {
        views.forEach((x, k) => {
          if (x.shape.includes(0)) return;
          const target = addressOf(out) + starts[k]! * strides[axis]! * bytes;
          const source = addressOf(x.base) + x.offset * bytes;
          const copy = (range?: { from: typeof from; to: typeof to }): void =>
            copyStrided(
              f,
              out.dtype,
              x.shape,
              { address: target, strides },
              { address: source, strides: x.strides },
              range,
            );
          if (axis > 0) copy({ from, to });
          else f.if(i32.and(i32.leS(from, k), i32.gtS(to, k)), () => copy());
        });
      },
    },
  ]);
};
