import { type FunctionRef, i32, type ModuleBuilder } from "@tapegrad/simd";
import { stridesOf } from "@tapegrad/tensor/internal";
import { attrsOf, type Value } from "../../graph/graph.ts";
import type { View } from "../../schedule/view.ts";
import { bytesOf } from "../elements.ts";
import { routineCode, type RoutineEmitter } from "./routine-code.ts";
import { copyStrided } from "./rows.ts";
import { SharedFunctions } from "./shared-functions.ts";

/** Copies every operand to its place, but for those that were computed there. */
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
      emit: ({ module, f, addressOf, from, to }) => {
        views.forEach((x, k) => {
          if (x.shape.includes(0)) return;
          const target = addressOf(out) + starts[k]! * strides[axis]! * bytes;
          const source = addressOf(x.base) + x.offset * bytes;
          if (source === target) return;
          const copy = copying(module, out, x, axis > 0);
          const call = (): void => f.call(copy, { target, source, from, to });
          if (axis > 0) call();
          else f.if(i32.and(i32.leS(from, k), i32.gtS(to, k)), call);
        });
      },
    },
  ]);
};

const signature = { params: { target: "i32", source: "i32", from: "i32", to: "i32" }, result: "void" } as const;
const copies = new SharedFunctions<(typeof signature)["params"]>(signature);

/** The code of all copies of operands that differ in nothing but addresses: of all elements, or a part of the first axis. */
function copying(
  module: ModuleBuilder,
  { shape: whole, dtype }: Value,
  { shape, strides }: View,
  isPart: boolean,
): FunctionRef<(typeof signature)["params"], "void"> {
  const into = stridesOf(whole);
  const key = `concat ${dtype} ${[shape, strides, into].map((list) => list.join()).join(" ")} ${isPart}`;
  return copies.of(module, key, (f, { target, source, from, to }) => {
    const range = isPart ? { from, to } : undefined;
    copyStrided(f, dtype, shape, { address: target, strides: into }, { address: source, strides }, range);
  });
}
