import {
  type Expr,
  f32,
  f32x4,
  f64,
  f64x2,
  type FunctionBuilder,
  i32,
  i32x4,
  type Operand,
  v128,
} from "@tapegrad/simd";
import type { DType } from "@tapegrad/tensor";
import type { View } from "../../schedule/view.ts";

type F = FunctionBuilder<"void">;

/** Dtypes that sums are made of here. */
export type Summed = "float32" | "float64" | "int32";

/** Whether elements of this dtype can be summed: float32 in float64, the others in their own dtype. */
export function isSummed(dtype: DType): dtype is Summed {
  return dtype !== "bool";
}

/** Whether a view shows nothing but the constant 0. */
export function isZero({ base, strides, shape }: View): boolean {
  const isOne = strides.every((stride, axis) => stride === 0 || shape[axis] === 1);
  return isOne && base.from.kind === "constant" && base.from.data.every((element) => Object.is(element, 0));
}

/** Bytes of a running total. */
export function totalBytes(dtype: Summed): number {
  return dtype === "int32" ? 4 : 8;
}

/** Adds one element to a total. */
export function addElement(f: F, dtype: Summed, total: Expr<"i32">, from: Expr<"i32">, offset = 0, at = 0): void {
  const place = { offset: at };
  if (dtype === "int32") f.store("i32", total, i32.add(i32.load(total, place), i32.load(from, { offset })), place);
  else {
    const x = dtype === "float32" ? f64.promoteF32(f32.load(from, { offset })) : f64.load(from, { offset });
    f.store("f64", total, f64.add(f64.load(total, place), x), place);
  }
}

/** A line of totals or elements: where it starts, and how far apart its elements are, in elements. */
export interface Line {
  readonly address: Expr<"i32">;
  readonly step: number;
}

/** Adds a line of `n` elements to a line of totals. */
export function addLine(f: F, dtype: Summed, totals: Line, from: Line, n: number): void {
  const [size, bytes] = [totalBytes(dtype), dtype === "float64" ? 8 : 4];
  const to = f.local("i32", totals.address);
  const source = f.local("i32", from.address);
  const vectors = totals.step === 1 && n >= 4 ? Math.floor(n / 4) * 4 : 0;
  if (vectors > 0) {
    f.for({ to: vectors, step: 4 }, () => {
      addFour(f, dtype, to, source, from.step * bytes);
      f.set(to, i32.add(to, 4 * size));
      f.set(source, i32.add(source, 4 * from.step * bytes));
    });
  }
  const one = (): void => {
    addElement(f, dtype, to, source);
    f.set(to, i32.add(to, totals.step * size));
    f.set(source, i32.add(source, from.step * bytes));
  };
  if (n - vectors < 4) for (let i = vectors; i < n; i++) one();
  else f.for({ to: n - vectors }, one);
}

function addFour(f: F, dtype: Summed, to: Expr<"i32">, from: Expr<"i32">, step: number): void {
  const at = (lane: number): Expr<"i32"> => (lane === 0 ? from : i32.add(from, lane * step));
  if (dtype === "float64") {
    for (const half of [0, 1]) {
      const x =
        step === 8
          ? v128.load(from, { offset: half * 16, align: 8 })
          : v128.load64Lane(at(2 * half + 1), v128.load64Zero(at(2 * half)), 1);
      f.store("v128", to, f64x2.add(v128.load(to, { offset: half * 16, align: 8 }), x), {
        offset: half * 16,
        align: 8,
      });
    }
    return;
  }
  let x = step === 4 ? v128.load(from, { align: 4 }) : v128.load32Zero(from);
  if (step !== 4) for (const lane of [1, 2, 3]) x = v128.load32Lane(at(lane), x, lane);
  if (dtype === "int32") {
    f.store("v128", to, i32x4.add(v128.load(to, { align: 4 }), x), { align: 4 });
    return;
  }
  const lanes = f.let(x);
  const halves = [lanes, f32x4.shuffle(lanes, lanes, [2, 3, 2, 3])];
  halves.forEach((half, i) => {
    const sum = f64x2.add(v128.load(to, { offset: i * 16, align: 8 }), f64x2.promoteLowF32x4(half));
    f.store("v128", to, sum, { offset: i * 16, align: 8 });
  });
}

/** Rounds a line of float64 totals to float32. */
export function roundTotals(f: F, to: Operand<"i32">, totals: Operand<"i32">, n: number): void {
  const target = f.local("i32", to);
  const source = f.local("i32", totals);
  const vectors = Math.floor(n / 4) * 4;
  if (vectors > 0) {
    f.for({ to: vectors, step: 4 }, () => {
      const [low, high] = [0, 16].map((offset) => f32x4.demoteF64x2Zero(v128.load(source, { offset, align: 8 })));
      f.store("v128", target, f32x4.shuffle(low as Expr<"v128">, high as Expr<"v128">, [0, 1, 4, 5]), { align: 4 });
      f.set(target, i32.add(target, 16));
      f.set(source, i32.add(source, 32));
    });
  }
  for (let i = 0; i < n - vectors; i++) {
    f.store("f32", target, f32.demoteF64(f64.load(source, { offset: i * 8 })), { offset: i * 4 });
  }
}
