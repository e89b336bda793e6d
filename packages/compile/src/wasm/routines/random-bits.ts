import { type Expr, type FunctionRef, i32, i32x4, i64, i64x2, f64, type ModuleBuilder, v128 } from "@tapegrad/simd";
import { sizeOf } from "@tapegrad/tensor/internal";
import { attrsOf } from "../../graph/graph.ts";
import { routineCode, type RoutineEmitter } from "./routine-code.ts";
import { copyElement, copyRow } from "./rows.ts";

const params = { out: "i32", block: "i64", groups: "i32", k0: "i32", k1: "i32", shift: "i32" } as const;
type Vector = Expr<"v128">;
type Philox = FunctionRef<typeof params, "void">;

const defined = new WeakMap<ModuleBuilder, Philox>();

/** Elements that one turn of the loop gives: four blocks of four words. */
const groupSize = 16;

/** Philox4x32-10, four blocks at once. The last elements go through memory of the share's own. */
export const randomBits: RoutineEmitter = ({ operation, inputs }) => {
  const { key, shape, bits } = attrsOf(operation, "randomBits");
  const count = sizeOf(shape);
  const full = Math.floor(count / groupSize);
  const rest = (count - full * groupSize) * 4;
  return routineCode(
    [
      {
        items: Math.ceil(count / groupSize),
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
          const address = i32.add(i32.mul(start, groupSize * 4), out);
          f.call(philox, { out: address, block: blockOf(start), groups: i32.sub(end, start), ...settings });
          if (rest === 0) return;
          f.if(i32.gtS(i32.add(to, 0), full), () => {
            const piece = f.local("i32", own);
            f.call(philox, { out: piece, block: blockOf(i32.const(full)), groups: 1, ...settings });
            const target = f.local("i32", out + full * groupSize * 4);
            if (rest > 4) copyRow(f, target, piece, rest);
            else copyElement(f, target, piece, 4);
          });
        },
      },
    ],
    { ownBytes: rest === 0 ? 0 : groupSize * 4 },
  );
};

function definePhilox(module: ModuleBuilder): Philox {
  let philox = defined.get(module);
  if (philox !== undefined) return philox;
  philox = module.function("philox", { params, result: "void" }, (f, { out, block, groups, k0, k1, shift }) => {
    const [m0, m1] = [f.let(i32x4.const(0xd2511f53)), f.let(i32x4.const(0xcd9e8d57))];
    const [w0, w1] = [f.let(i32x4.const(0x9e3779b9)), f.let(i32x4.const(0xbb67ae85))];
    const at = f.local("i32", out);
    const next = f.local("i64", block);
    f.for({ to: groups }, () => {
      const low = f.let(i32x4.splat(i32.wrapI64(next)));
      const high = i32x4.splat(i32.wrapI64(i64.shrU(next, 32)));
      const first = f.let(i32x4.add(low, i32x4.const([0, 1, 2, 3])));
      // Where the low word has wrapped, the mask -1 adds the carry.
      let [c0, c1]: [Vector, Vector] = [first, f.let(i32x4.sub(high, i32x4.ltU(first, low)))];
      let [c2, c3]: [Vector, Vector] = [f.let(i32x4.const(0)), f.let(i32x4.const(0))];
      let [key0, key1]: [Vector, Vector] = [f.let(i32x4.splat(k0)), f.let(i32x4.splat(k1))];
      for (let round = 0; round < 10; round++) {
        const product = (a: Vector, b: Vector): { low: Vector; high: Vector } => {
          const [even, odd] = [f.let(i64x2.extmulLowI32x4U(a, b)), f.let(i64x2.extmulHighI32x4U(a, b))];
          return {
            low: f.let(i32x4.shuffle(even, odd, [0, 2, 4, 6])),
            high: i32x4.shuffle(even, odd, [1, 3, 5, 7]),
          };
        };
        const [p, q] = [product(m0, c0), product(m1, c2)];
        [c0, c2] = [f.let(v128.xor(v128.xor(q.high, c1), key0)), f.let(v128.xor(v128.xor(p.high, c3), key1))];
        [c1, c3] = [q.low, p.low];
        [key0, key1] = [f.let(i32x4.add(key0, w0)), f.let(i32x4.add(key1, w1))];
      }
      const shifted = (words: Vector): Vector => f.let(i32x4.shrU(words, shift));
      const [a, b, d, e] = [shifted(c0), shifted(c1), shifted(c2), shifted(c3)];
      const [ab, AB] = [f.let(i32x4.shuffle(a, b, [0, 4, 1, 5])), f.let(i32x4.shuffle(a, b, [2, 6, 3, 7]))];
      const [de, DE] = [f.let(i32x4.shuffle(d, e, [0, 4, 1, 5])), f.let(i32x4.shuffle(d, e, [2, 6, 3, 7]))];
      [
        i32x4.shuffle(ab, de, [0, 1, 4, 5]),
        i32x4.shuffle(ab, de, [2, 3, 6, 7]),
        i32x4.shuffle(AB, DE, [0, 1, 4, 5]),
        i32x4.shuffle(AB, DE, [2, 3, 6, 7]),
      ].forEach((words, i) => f.store("v128", at, words, { offset: i * 16, align: 4 }));
      f.set(at, i32.add(at, 64));
      f.set(next, i64.add(next, 4));
    });
  });
  defined.set(module, philox);
  return philox;
}
