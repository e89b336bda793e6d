import { type Expr, type FunctionBuilder, i32, type Local, type Operand, select } from "@tapegrad/simd";
import { sizeOf, stridesOf } from "@tapegrad/tensor/internal";
import type { Operations } from "../../operations/operation.ts";

type F = FunctionBuilder<"void">;

/** Windows along one axis, of elements that lie `own` apart. */
export interface WindowAxis {
  readonly extent: number;
  readonly count: number;
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  readonly low: number;
  readonly own: number;
  /** Windows from the first up to, but without, the second lie within the axis. */
  readonly whole: readonly [from: number, to: number];
}

/** The elements of a window along an axis that lie within it: from the first up to, but without, the second. */
export interface Taps {
  readonly from: Operand<"i32">;
  readonly to: Operand<"i32">;
}

/** The last axes of a shape with windows, and how many of these there are. */
export function windowAxes(
  shape: readonly number[],
  counts: readonly number[],
  { size, stride, dilation, margins }: Operations["gatherMaxima"],
): WindowAxis[] {
  const extents = shape.slice(shape.length - size.length);
  const strides = stridesOf(extents);
  return extents.map((extent, k) => {
    const [n, by, gap, [low], count] = [size[k]!, stride[k]!, dilation[k]!, margins[k]!, counts.at(k - size.length)!];
    const from = Math.min(count, Math.ceil(low / by));
    const to = Math.min(count, Math.floor((extent - 1 - (n - 1) * gap + low) / by) + 1);
    const whole = [from, Math.max(from, to)] as const;
    return { extent, count, size: n, stride: by, dilation: gap, low, own: strides[k]!, whole };
  });
}

/** Elements of a window. */
export const tapsOf = (axes: readonly WindowAxis[]): number => sizeOf(axes.map(({ size }) => size));

/** Those of a window that is known to lie within an axis. */
export const allTaps = ({ size }: WindowAxis): Taps => ({ from: 0, to: size });

/** Those of window `p` of an axis. */
export function tapsInside(f: F, axis: WindowAxis, p: Expr<"i32">): Taps {
  const { extent, count, size, stride, dilation, low, whole } = axis;
  if (whole[0] === 0 && whole[1] === count) return allTaps(axis);
  const start = f.let(i32.sub(i32.mul(p, stride), low));
  const first = i32.divS(i32.sub(dilation - 1, start), dilation);
  const end = f.let(i32.add(i32.divS(i32.sub(extent - 1, start), dilation), 1));
  return {
    from: f.let(select(i32.ltS(start, 0), first, i32.const(0))),
    to: f.let(select(i32.ltS(end, size), end, i32.const(size))),
  };
}

/** Windows with more elements are run through by loops. */
const mostUnrolled = 16;

/**
 * Visits the elements of a window, the last axis fastest, by an address and a distance from it.
 *
 * @param at the address of the element of the window that is first along all axes, be it inside or not
 */
export function forEachTap(
  f: F,
  axes: readonly WindowAxis[],
  taps: readonly Taps[],
  at: Local<"i32">,
  bytes: number,
  visit: (address: Local<"i32">, offset: number) => void,
): void {
  const level = (k: number, address: Local<"i32">, offset: number): void => {
    const axis = axes[k];
    if (axis === undefined) return visit(address, offset);
    const { from, to } = taps[k]!;
    const step = axis.dilation * axis.own * bytes;
    if (typeof from === "number" && typeof to === "number" && tapsOf(axes.slice(k)) <= mostUnrolled) {
      for (let i = from; i < to; i++) level(k + 1, address, offset + i * step);
      return;
    }
    const row = f.let(i32.add(address, i32.mul(from, step)));
    f.for({ from, to }, () => {
      level(k + 1, row, offset);
      f.set(row, i32.add(row, step));
    });
  };
  level(0, at, 0);
}

/** Whether {@link forEachTap} visits all of them one after the other, without a loop. */
export function isUnrolled(axes: readonly WindowAxis[], taps: readonly Taps[]): boolean {
  return (
    tapsOf(axes) <= mostUnrolled && taps.every(({ from, to }) => typeof from === "number" && typeof to === "number")
  );
}

/** A window, or some neighbours along the last axis: their first, and which elements of each lie within the axes. */
export interface Windows {
  /** Elements from the start of the plane to the first element of the first window. */
  readonly start: Local<"i32">;
  /** The number of the first window in the plane. */
  readonly number: Local<"i32">;
  readonly taps: readonly Taps[];
  readonly width: 1 | 4;
}

/** Visits the windows of a plane in order, by four where four neighbours lie within the last axis and `width` is 4. */
export function forEachWindow(
  f: F,
  axes: readonly WindowAxis[],
  width: 1 | 4,
  visit: (windows: Windows) => void,
): void {
  const level = (k: number, start: Expr<"i32">, number: Expr<"i32">, taps: readonly Taps[]): void => {
    const axis = axes[k];
    if (axis === undefined) return visit({ start: f.let(start), number: f.let(number), taps, width: 1 });
    const { count, stride, low, own, whole } = axis;
    const startOf = (p: Expr<"i32">): Expr<"i32"> => i32.add(start, i32.mul(i32.sub(i32.mul(p, stride), low), own));
    const numberOf = (p: Expr<"i32">): Expr<"i32"> => i32.add(i32.mul(number, count), p);
    const each = (from: number, to: number): void => {
      if (from >= to) return;
      f.for({ from, to }, (p) => {
        const inside = from >= whole[0] && to <= whole[1] ? allTaps(axis) : tapsInside(f, axis, p);
        level(k + 1, f.let(startOf(p)), f.let(numberOf(p)), [...taps, inside]);
      });
    };
    if (k < axes.length - 1) return each(0, count);
    const [from, to] = whole;
    const wide = width === 4 ? from + Math.floor((to - from) / 4) * 4 : from;
    each(0, from);
    if (wide > from) {
      f.for({ from, to: wide, step: 4 }, (p) => {
        visit({ start: f.let(startOf(p)), number: f.let(numberOf(p)), taps: [...taps, allTaps(axis)], width: 4 });
      });
    }
    each(wide, to);
    each(to, count);
  };
  level(0, i32.const(0), i32.const(0), []);
}
