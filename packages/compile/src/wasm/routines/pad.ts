import { i32 } from "@tapegrad/simd";
import { sizeOf, stridesOf } from "@tapegrad/tensor/internal";
import { attrsOf } from "../../graph/graph.ts";
import { bytesOf } from "../elements.ts";
import { routineCode, type RoutineEmitter } from "./routine-code.ts";
import { copyStrided, fillElements } from "./rows.ts";

/** Fills the result, then copies the operand into it. */
export const pad: RoutineEmitter = ({ operation, views }) => {
  const { low, high, interior, value } = attrsOf(operation, "pad");
  const out = operation.outputs[0]!;
  const x = views[0]!;
  const bytes = bytesOf(out.dtype);
  const own = stridesOf(out.shape);
  const offset = own.reduce((at, stride, axis) => at + stride * low[axis]!, 0);
  const spread = own.map((stride, axis) => stride * (interior[axis]! + 1));
  // Slices along a first axis that is not padded are independent.
  const isWhole = x.shape.length > 0 && [low, high, interior].every((widths) => widths[0] === 0);
  const items = isWhole ? out.shape[0]! : 1;
  const slice = sizeOf(out.shape) / items;
  return routineCode([
    {
      items,
      emit: ({ f, addressOf, from, to }) => {
        const target = addressOf(out);
        const first = i32.add(i32.mul(from, slice * bytes), target);
        fillElements(f, first, out.dtype, value, i32.mul(i32.sub(to, from), slice));
        copyStrided(
          f,
          out.dtype,
          x.shape,
          { address: target + offset * bytes, strides: spread },
          { address: addressOf(x.base) + x.offset * bytes, strides: x.strides },
          isWhole ? { from, to } : undefined,
        );
      },
    },
  ]);
};
