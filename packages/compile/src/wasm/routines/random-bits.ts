import { definePhilox, type Expr, f64, i32, i64, philoxGroup } from "@tapegrad/simd";
import { sizeOf } from "@tapegrad/tensor/internal";
import { attrsOf } from "../../graph/graph.ts";
import { routineCode, type RoutineEmitter } from "./routine-code.ts";
import { copyElement, copyRow } from "./rows.ts";

/** Philox4x32-10, four blocks at once. The last elements go through memory of the share's own. */
export const randomBits: RoutineEmitter = ({ operation, inputs }) => {
  const { key, shape, bits } = attrsOf(operation, "randomBits");
  const count = sizeOf(shape);
  const full = Math.floor(count / philoxGroup);
  const rest = (count - full * philoxGroup) * 4;
  return routineCode(
    [
      {
        items: Math.ceil(count / philoxGroup),
        emit: ({ module, f, addressOf, own, from, to }) => {
          const philox = definePhilox(module);
          const counter = f64.load(addressOf(inputs[0]!));
          const out = addressOf(operation.outputs[0]!);
          const settings = { k0: key[0] | 0, k1: key[1] | 0, shift: 32 - bits };
          const first = f.let(i64.truncSatF64S(counter));
          const blockOf = (group: Expr<"i32">): Expr<"i64"> => i64.add(first, i64.extendI32U(i32.mul(group, 4)));
          const start = f.local("i32", from);
          const end = f.local("i32", to);
          f.if(i32.gtS(end, full), () => f.set(end, full));
          const address = i32.add(i32.mul(start, philoxGroup * 4), out);
          f.call(philox, { out: address, block: blockOf(start), groups: i32.sub(end, start), ...settings });
          if (rest === 0) return;
          f.if(i32.gtS(i32.add(to, 0), full), () => {
            const piece = f.local("i32", own);
            f.call(philox, { out: piece, block: blockOf(i32.const(full)), groups: 1, ...settings });
            const target = f.local("i32", out + full * philoxGroup * 4);
            if (rest > 4) copyRow(f, target, piece, rest);
            else copyElement(f, target, piece, 4);
          });
        },
      },
    ],
    { ownBytes: rest === 0 ? 0 : philoxGroup * 4 },
  );
};
