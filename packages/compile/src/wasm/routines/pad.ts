import { type FunctionRef, i32, type ModuleBuilder } from "@tapegrad/simd";
import { sizeOf, stridesOf } from "@tapegrad/tensor/internal";
import type { Operation } from "../../graph/graph.ts";
import type { View } from "../../schedule/view.ts";
import { bytesOf } from "../elements.ts";
import { routineCode, type RoutineEmitter } from "./routine-code.ts";
import { copyStrided, fillElements } from "./rows.ts";
import { SharedFunctions } from "./shared-functions.ts";

/** Fills the result, then copies the operand into it. */
export const pad: RoutineEmitter = ({ operation, views }) => {
  const { attrs, outputs } = operation as Operation<"pad">;
  const out = outputs[0]!;
  const x = views[0]!;
  // Slices along a first axis that is not padded are independent.
  const isWhole = x.shape.length > 0 && [attrs.low, attrs.high, attrs.interior].every((widths) => widths[0] === 0);
  const items = isWhole ? out.shape[0]! : 1;
  return routineCode([
    {
      items,
      emit: ({ module, f, addressOf, from, to }) => {
        const run = padding(module, operation as Operation<"pad">, x, items, isWhole);
        const start = addressOf(x.base) + x.offset * bytesOf(out.dtype);
        f.call(run, { out: addressOf(out), x: start, from, to });
      },
    },
  ]);
};

const signature = { params: { out: "i32", x: "i32", from: "i32", to: "i32" }, result: "void" } as const;

const paddings = new SharedFunctions<(typeof signature)["params"]>(signature);

/** The code of all paddings of a module that differ in nothing but addresses. */
function padding(
  module: ModuleBuilder,
  { attrs, outputs }: Operation<"pad">,
  { shape, strides }: View,
  items: number,
  isWhole: boolean,
): FunctionRef<(typeof signature)["params"], "void"> {
  const { low, interior, value } = attrs;
  const out = outputs[0]!;
  const numbers = [out.shape, shape, strides, low, interior].map((list) => list.join());
  const key = `pad ${out.dtype} ${numbers.join(" ")} ${Object.is(value, -0) ? "-0" : value}`;
  const bytes = bytesOf(out.dtype);
  const own = stridesOf(out.shape);
  const offset = own.reduce((at, stride, axis) => at + stride * low[axis]!, 0);
  const spread = own.map((stride, axis) => stride * (interior[axis]! + 1));
  const slice = sizeOf(out.shape) / items;
  return paddings.of(module, key, (f, { out: target, x, from, to }) => {
    const first = i32.add(i32.mul(from, slice * bytes), target);
    fillElements(f, first, out.dtype, value, i32.mul(i32.sub(to, from), slice));
    copyStrided(
      f,
      out.dtype,
      shape,
      { address: i32.add(target, offset * bytes), strides: spread },
      { address: x, strides },
      isWhole ? { from, to } : undefined,
    );
  });
}
