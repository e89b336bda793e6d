import { type Expr, type FunctionBuilder, i32, type Operand, v128 } from "@tapegrad/simd";
import type { View } from "../../schedule/view.ts";
import { bytesOf, elements, type SumCode } from "../elements.ts";

type F = FunctionBuilder<"void">;

/** Whether a view shows nothing but the constant 0. */
export function isZero({ base, strides, shape }: View): boolean {
  const isOne = strides.every((stride, axis) => stride === 0 || shape[axis] === 1);
  return isOne && base.from.kind === "constant" && base.from.data.every((element) => Object.is(element, 0));
}

/** Adds one element to a total. */
export function addElement(f: F, sums: SumCode, total: Expr<"i32">, from: Expr<"i32">): void {
  f.store(sums.type, total, sums.add(totalAt(sums, total), sums.load(from)));
}

/** A total in memory. */
function totalAt({ total }: SumCode, address: Expr<"i32">, offset = 0): ReturnType<SumCode["load"]> {
  return elements[total].load(address, { offset });
}

/** So many groups of four are added without a loop. */
const fewGroups = 4;

/** A line of totals or elements: where it starts, and how far apart its elements are, in elements. */
export interface Line {
  readonly address: Expr<"i32">;
  readonly step: number;
}

/** Adds a line of `n` elements to a line of totals. */
export function addLine(f: F, sums: SumCode, totals: Line, from: Line, n: number): void {
  const [size, bytes] = [bytesOf(sums.total), bytesOf(sums.dtype)];
  const to = f.local("i32", totals.address);
  const source = f.local("i32", from.address);
  const vectors = totals.step === 1 && n >= 4 ? Math.floor(n / 4) * 4 : 0;
  const four = (): void => {
    addFour(f, sums, to, source, from.step * bytes);
    f.set(to, i32.add(to, 4 * size));
    f.set(source, i32.add(source, 4 * from.step * bytes));
  };
  if (vectors > 4 * fewGroups) f.for({ to: vectors, step: 4 }, four);
  else for (let i = 0; i < vectors; i += 4) four();
  const one = (): void => {
    addElement(f, sums, to, source);
    f.set(to, i32.add(to, totals.step * size));
    f.set(source, i32.add(source, from.step * bytes));
  };
  if (n - vectors < 4) for (let i = vectors; i < n; i++) one();
  else f.for({ to: n - vectors }, one);
}

function addFour(f: F, sums: SumCode, to: Expr<"i32">, from: Expr<"i32">, step: number): void {
  const { lanes, memory } = elements[sums.dtype];
  const [size, bytes] = [bytesOf(sums.total), bytesOf(sums.dtype)];
  const at = (lane: number): Expr<"i32"> => (lane === 0 ? from : i32.add(from, lane * step));
  const vectorFrom = (first: number): Expr<"v128"> => {
    if (step === bytes) return v128.load(from, { offset: first * bytes, align: bytes });
    let x = memory.first(at(first));
    for (let lane = 1; lane < lanes; lane++) x = memory.another(at(first + lane), x, lane);
    return x;
  };
  const parts = Array.from({ length: 4 / lanes }, (_, i) => sums.widen(f, vectorFrom(i * lanes))).flat();
  parts.forEach((x, i) => {
    const place = { offset: i * 16, align: size };
    f.store("v128", to, sums.addVectors(v128.load(to, place), x), place);
  });
}

/** Up to so many bytes are cleared without a call. */
const fewBytes = 512;

/** Makes totals 0. */
export function clearTotals(f: F, totals: Operand<"i32">, bytes: number): void {
  if (bytes > fewBytes || bytes % 4 !== 0) {
    f.fillMemory(totals, 0, bytes);
    return;
  }
  let at = 0;
  for (; at + 16 <= bytes; at += 16) f.store("v128", totals, v128.const(Array(16).fill(0)), { offset: at, align: 4 });
  for (; at < bytes; at += 4) f.store("i32", totals, 0, { offset: at });
}

/** Rounds totals to elements. */
export function roundTotals(f: F, sums: SumCode, to: Operand<"i32">, totals: Operand<"i32">, n: number): void {
  const [size, bytes] = [bytesOf(sums.total), bytesOf(sums.dtype)];
  const { lanes } = elements[sums.dtype];
  const target = f.local("i32", to);
  const source = f.local("i32", totals);
  const vectors = Math.floor(n / lanes) * lanes;
  if (vectors > 0) {
    f.for({ to: vectors, step: lanes }, () => {
      const parts = Array.from({ length: size / bytes }, (_, i) => v128.load(source, { offset: i * 16, align: size }));
      f.store("v128", target, sums.round(parts), { align: bytes });
      f.set(target, i32.add(target, lanes * bytes));
      f.set(source, i32.add(source, lanes * size));
    });
  }
  for (let i = 0; i < n - vectors; i++) {
    sums.store(f, target, totalAt(sums, source, i * size), { offset: i * bytes });
  }
}
