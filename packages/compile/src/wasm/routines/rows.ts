import { constant, f64, type FunctionBuilder, i32, type Local, type Operand, v128 } from "@tapegrad/simd";
import type { DType } from "@tapegrad/tensor";
import { dtypes } from "@tapegrad/tensor/internal";
import { bytesOf, elements } from "../elements.ts";
import { emitNest, joinAxes, type LoopRange } from "./nest.ts";

type F = FunctionBuilder<"void">;

/** A call that copies is worth its price from here on. */
const longRow = 2048;

/** Copies a number of bytes that is known, between places that do not overlap. */
export function copyRow(f: F, to: Local<"i32">, from: Local<"i32">, bytes: number): void {
  if (bytes >= longRow) {
    f.copyMemory(to, from, bytes);
    return;
  }
  const vector = (offset: number, at: Operand<"i32"> = 0): void =>
    f.store("v128", i32.add(to, at), v128.load(i32.add(from, at), { offset, align: 1 }), { offset, align: 1 });
  const blocks = Math.floor(bytes / 64);
  if (blocks > 1) {
    f.for({ to: blocks * 64, step: 64 }, (at) => [0, 16, 32, 48].forEach((offset) => vector(offset, at)));
  }
  let done = blocks > 1 ? blocks * 64 : 0;
  for (; done + 16 <= bytes; done += 16) vector(done);
  if (done < bytes && bytes >= 16) {
    vector(bytes - 16);
    return;
  }
  for (const size of [8, 4, 1] as const) {
    for (; done + size <= bytes; done += size) copyElement(f, to, from, size, done);
  }
}

/** Copies 8, 4 or 1 bytes. */
export function copyElement(f: F, to: Operand<"i32">, from: Operand<"i32">, bytes: 1 | 4 | 8, offset = 0): void {
  if (bytes === 8) f.store("f64", to, f64.load(from, { offset, align: 1 }), { offset, align: 1 });
  else if (bytes === 4) f.store("i32", to, i32.load(from, { offset, align: 1 }), { offset, align: 1 });
  else f.store("i32.8", to, i32.load8U(from, { offset }), { offset });
}

/** Sets elements to a number. */
export function fillElements(f: F, address: Operand<"i32">, dtype: DType, value: number, count: Operand<"i32">): void {
  const { type } = elements[dtype];
  const bytes = bytesOf(dtype);
  const element = new dtypes[dtype].array([value]);
  const pattern = new Uint8Array(element.buffer);
  if (pattern.every((byte) => byte === pattern[0])) {
    f.fillMemory(address, pattern[0]!, i32.mul(count, bytes));
    return;
  }
  const at = f.local("i32", address);
  const end = f.let(i32.add(at, i32.mul(count, bytes)));
  const vector = f.let(v128.const(Array.from({ length: 16 }, (_, i) => pattern[i % bytes]!)));
  f.while(i32.leU(i32.add(at, 16), end), () => {
    f.store("v128", at, vector, { align: 1 });
    f.set(at, i32.add(at, 16));
  });
  f.while(i32.ltU(at, end), () => {
    f.store(type, at, constant(type, element[0]!));
    f.set(at, i32.add(at, bytes));
  });
}

/** Elements of a box, with strides in elements. */
export interface Strided {
  /** Bytes. */
  readonly address: Operand<"i32">;
  readonly strides: readonly number[];
}

/** Copies a box of elements; of the first axis only a part, if asked for. */
export function copyStrided(
  f: F,
  dtype: DType,
  extents: readonly number[],
  to: Strided,
  from: Strided,
  range?: LoopRange,
): void {
  if (extents.includes(0)) return;
  const bytes = bytesOf(dtype);
  // The first axis stays alone when only a part of it is wanted.
  const split = range === undefined ? 0 : 1;
  const joined = joinAxes(extents.slice(split), [to.strides.slice(split), from.strides.slice(split)]);
  const axes = [...extents.slice(0, split), ...joined.extents];
  const strides = [to, from].map((side, k) => [...side.strides.slice(0, split), ...joined.strides[k]!]);
  const isRow = joined.extents.length > 0 && strides.every((s) => s.at(-1) === 1);
  const loops = isRow ? axes.slice(0, -1) : axes;
  const [target, source] = [to, from].map(({ address }, k) => ({
    address: f.local("i32", address),
    strides: strides[k]!.slice(0, loops.length).map((stride) => stride * bytes),
  })) as [{ address: Local<"i32">; strides: number[] }, { address: Local<"i32">; strides: number[] }];
  emitNest(
    f,
    loops,
    [target, source],
    () => {
      if (isRow) copyRow(f, target.address, source.address, axes.at(-1)! * bytes);
      else copyElement(f, target.address, source.address, bytes);
    },
    range,
  );
}
