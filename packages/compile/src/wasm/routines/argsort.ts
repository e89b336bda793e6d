import { type Expr, f32, f64, type FunctionBuilder, i32, i64, type Local, type Operand, select } from "@tapegrad/simd";
import type { DType } from "@tapegrad/tensor";
import { attrsOf } from "../../graph/graph.ts";
import { bytesOf, elements } from "../elements.ts";
import { type Lines, linesOf, forEachLine } from "./lines.ts";
import { routineCode, type RoutineEmitter } from "./routine-code.ts";

type Code = FunctionBuilder<"void">;
type Address = Operand<"i32">;

/** Up to so many elements are inserted one by one, each behind those that are not larger. */
const mostInserted = 32;
/** Values of a byte, each with a counter. */
const digits = 256;

/**
 * Stable order of every line, by integers whose unsigned order is that of the elements: NaN is above everything, and −0
 * equals 0. Short lines by insertion, others byte by byte from the lowest on, each time by counting (LSD radix sort).
 */
export const argsort: RoutineEmitter = ({ operation, inputs }) => {
  const { axis, descending } = attrsOf(operation, "argsort");
  const { shape, dtype } = operation.inputs[0]!;
  if (shape.length === 0) return undefined;
  const lines = linesOf(shape, axis);
  const { n } = lines;
  const key = keyOf(dtype, descending);
  const layout = { key, from: n * key.bytes, to: n * (key.bytes + 4), counts: n * (key.bytes + 8) };
  return routineCode(
    [
      {
        items: lines.outer,
        emit: ({ f, addressOf, own, from, to }) => {
          const line = lineCode(f, lines, own, layout);
          forEachLine(f, lines, { from, to }, 1, (first) => {
            const source = f.local("i32", i32.add(i32.mul(first, bytesOf(dtype)), addressOf(inputs[0]!)));
            f.for({ to: n }, (i) => {
              key.store(f, line.keyAt(i), source);
              line.storeIndex(line.source, i, i);
              f.set(source, i32.add(source, lines.stride * bytesOf(dtype)));
            });
            if (n <= mostInserted) insertionSort(f, line);
            else radixSort(f, line);
            const target = f.local("i32", i32.add(i32.shl(first, 2), addressOf(operation.outputs[0]!)));
            f.for({ to: n }, (i) => {
              f.store("i32", target, line.index(line.source, i));
              f.set(target, i32.add(target, lines.stride * 4));
            });
          });
        },
      },
    ],
    { ownBytes: layout.counts + digits * 4 },
  );
};

/** How an element becomes an unsigned integer of the same order. */
interface Key {
  readonly bytes: 4 | 8;
  /** Writes the key of the element at an address. */
  readonly store: (f: Code, to: Address, source: Address) => void;
  readonly below: (a: Address, b: Address) => Expr<"i32">;
}

/** Keys of a dtype; those of the opposite order have all bits flipped. */
function keyOf(dtype: DType, descending: boolean): Key {
  const flip = descending ? -1 : 0;
  if (dtype === "float64") {
    const order = (x: Local<"f64">): Expr<"i64"> => {
      const bits = i64.reinterpretF64(f64.add(x, 0));
      return select(f64.ne(x, x), i64.const(-1n), i64.xor(bits, i64.or(i64.shrS(bits, 63n), i64.const(-(2n ** 63n)))));
    };
    return {
      bytes: 8,
      store: (f, to, source) => f.store("i64", to, i64.xor(order(f.let(f64.load(source))), BigInt(flip))),
      below: (a, b) => i64.ltU(i64.load(a), i64.load(b)),
    };
  }
  const { load } = elements[dtype];
  const order = (f: Code, source: Address): Expr<"i32"> => {
    const x = f.let(load(source));
    if (dtype !== "float32") return i32.xor(x as Expr<"i32">, -(2 ** 31));
    const number = x as Expr<"f32">;
    const bits = f.let(i32.reinterpretF32(f32.add(number, 0)));
    return select(f32.ne(number, number), i32.const(-1), i32.xor(bits, i32.or(i32.shrS(bits, 31), -(2 ** 31))));
  };
  return {
    bytes: 4,
    store: (f, to, source) => f.store("i32", to, i32.xor(order(f, source), flip)),
    below: (a, b) => i32.ltU(i32.load(a), i32.load(b)),
  };
}

/** The keys of one line, and two lists of indices: those of an order, and room for the next. */
interface LineCode {
  readonly key: Key;
  readonly n: number;
  readonly source: Local<"i32">;
  readonly target: Local<"i32">;
  readonly counts: Local<"i32">;
  readonly keys: Local<"i32">;
  readonly keyAt: (i: Operand<"i32">) => Expr<"i32">;
  readonly index: (list: Local<"i32">, i: Operand<"i32">) => Expr<"i32">;
  readonly storeIndex: (list: Local<"i32">, i: Operand<"i32">, index: Operand<"i32">) => void;
}

/** Where the lists lie behind the keys, in bytes. */
interface Layout {
  readonly key: Key;
  readonly from: number;
  readonly to: number;
  readonly counts: number;
}

function lineCode(f: Code, { n }: Lines, own: Address, { key, from, to, counts }: Layout): LineCode {
  const keys = f.local("i32", own);
  const at = (list: Local<"i32">, i: Operand<"i32">): Expr<"i32"> => i32.add(list, i32.shl(i, 2));
  return {
    ...{ key, n, keys },
    source: f.local("i32", i32.add(keys, from)),
    target: f.local("i32", i32.add(keys, to)),
    counts: f.local("i32", i32.add(keys, counts)),
    keyAt: (i) => i32.add(keys, i32.shl(i, Math.log2(key.bytes))),
    index: (list, i) => i32.load(at(list, i)),
    storeIndex: (list, i, index) => f.store("i32", at(list, i), index),
  };
}

function insertionSort(f: Code, { n, key, source, keyAt, index, storeIndex }: LineCode): void {
  f.for({ from: 1, to: n }, (i) => {
    const own = f.let(keyAt(i));
    const place = f.local("i32", i);
    f.block((placed) => {
      f.loop((next) => {
        f.brIf(placed, i32.eqz(place));
        const before = f.let(index(source, i32.sub(place, 1)));
        f.brIf(placed, i32.eqz(key.below(own, keyAt(before))));
        storeIndex(source, place, before);
        f.set(place, i32.sub(place, 1));
        f.br(next);
      });
    });
    storeIndex(source, place, i);
  });
}

function radixSort(f: Code, { n, key, keys, source, target, counts, keyAt, index, storeIndex }: LineCode): void {
  f.for({ to: key.bytes }, (byte) => {
    f.fillMemory(counts, 0, digits * 4);
    const counter = (digit: Expr<"i32">): Local<"i32"> => f.let(i32.add(counts, i32.shl(digit, 2)));
    const at = f.local("i32", i32.add(keys, byte));
    f.for({ to: n }, () => {
      const count = counter(i32.load8U(at));
      f.store("i32", count, i32.add(i32.load(count), 1));
      f.set(at, i32.add(at, key.bytes));
    });
    // A byte that all have in common, as the highest often is, changes nothing.
    const ofFirst = i32.load(counter(i32.load8U(i32.add(keys, byte))));
    f.if(i32.ne(ofFirst, n), () => {
      const total = f.local("i32", 0);
      f.for({ to: digits }, (digit) => {
        const count = counter(digit);
        const here = f.let(i32.load(count));
        f.store("i32", count, total);
        f.set(total, i32.add(total, here));
      });
      f.for({ to: n }, (i) => {
        const element = f.let(index(source, i));
        const count = counter(i32.load8U(i32.add(keyAt(element), byte)));
        const place = f.let(i32.load(count));
        f.store("i32", count, i32.add(place, 1));
        storeIndex(target, place, element);
      });
      const swapped = f.let(source);
      f.set(source, target);
      f.set(target, swapped);
    });
  });
}
