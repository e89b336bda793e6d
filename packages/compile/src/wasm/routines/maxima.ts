import {
  type Expr,
  type f32,
  f32x4,
  type FunctionBuilder,
  i32,
  i32x4,
  type Local,
  type Operand,
  select,
  v128,
} from "@tapegrad/simd";
import type { DType } from "@tapegrad/tensor";
import { sizeOf } from "@tapegrad/tensor/internal";
import { attrsOf } from "../../graph/graph.ts";
import { bytesOf, elements, narrowSums } from "../elements.ts";
import { addElement, clearTotals, roundTotals } from "./accumulate.ts";
import { routineCode, type RoutineEmitter } from "./routine-code.ts";
import { type Found, searchWindows } from "./search-windows.ts";
import { forEachTap, forEachWindow, type WindowAxis, windowAxes, type Windows } from "./window-axes.ts";

type F = FunctionBuilder<"void">;

/** Plane by plane: windows are searched, four at a time where elements have four bytes. */
export const gatherMaxima: RoutineEmitter = ({ operation, inputs: [x, y] }) => {
  const [seen, out] = [operation.inputs[0]!, operation.outputs[0]!];
  const attrs = attrsOf(operation, "gatherMaxima");
  const axes = windowAxes(seen.shape, out.shape, attrs);
  const [plane, perPlane] = [sizeOf(axes.map(({ extent }) => extent)), sizeOf(axes.map(({ count }) => count))];
  // Where elements of the maxima themselves are wanted, their places are not.
  const isSame = x === y;
  const [own, bytes] = [bytesOf(seen.dtype), bytesOf(out.dtype)];
  return routineCode([
    {
      items: sizeOf(out.shape) / perPlane,
      emit: ({ f, addressOf, from, to }) => {
        f.for({ from, to }, (item) => {
          const source = startOf(f, addressOf(x!), item, plane * own);
          const taken = startOf(f, addressOf(y!), item, plane * bytes);
          const target = startOf(f, addressOf(out), item, perPlane * bytes);
          forEachWindow(f, axes, own === 4 ? 4 : 1, (windows) => {
            const { start, number, width } = windows;
            const at = f.let(i32.add(source, i32.mul(start, own)));
            const found = searchWindows(f, seen.dtype, axes, windows, at, !isSame);
            const result = f.let(i32.add(target, i32.mul(number, bytes)));
            if (!isSame) {
              eachLane(f, axes, windows, found, (place, lane) =>
                copyElement(f, out.dtype, result, lane * bytes, i32.add(taken, i32.mul(place, bytes))),
              );
            } else if (width === 4) f.store("v128", result, found.value as Local<"v128">, { align: 4 });
            else f.store(elements[out.dtype].type, result, found.value as Local<"f64">);
          });
        });
      },
    },
  ]);
};

/**
 * Plane by plane: a window is searched as by {@link gatherMaxima}, and what falls on its maximum added there. Windows that
 * share no element are written as a whole, which needs no loads.
 */
export const scatterMaxima: RoutineEmitter = ({ operation, inputs: [x, y] }) => {
  const [seen, given] = operation.inputs as [(typeof operation.inputs)[0], (typeof operation.inputs)[0]];
  const out = operation.outputs[0]!;
  const axes = windowAxes(seen.shape, given.shape, attrsOf(operation, "scatterMaxima"));
  const [plane, perPlane] = [sizeOf(axes.map(({ extent }) => extent)), sizeOf(axes.map(({ count }) => count))];
  // What is only one window's has nothing to add up.
  const sums = out.dtype === "float32" && axes.every(isApart) ? narrowSums : elements[out.dtype].sums;
  if (sums === undefined) return undefined;
  const [own, bytes, size] = [bytesOf(seen.dtype), bytesOf(out.dtype), bytesOf(sums.total)];
  const isWide = sums.total !== out.dtype;
  const isTiled = bytes === 4 && axes.length > 0 && axes.every(isTile) && axes.at(-1)!.stride <= 2;
  const isCovered = isTiled && axes.every(({ extent, count, size: n, stride }) => stride === n && extent === count * n);
  const wide = own === 4 && (axes.at(-1)?.count ?? 0) >= 4 ? 4 : 1;
  return routineCode(
    [
      {
        items: sizeOf(out.shape) / plane,
        emit: ({ f, addressOf, own: scratch, from, to }) => {
          f.for({ from, to }, (item) => {
            const source = startOf(f, addressOf(x!), item, plane * own);
            const added = startOf(f, addressOf(y!), item, perPlane * bytes);
            const target = startOf(f, addressOf(out), item, plane * bytes);
            const totals = isWide ? f.local("i32", scratch) : target;
            if (!isCovered) clearTotals(f, totals, plane * size);
            forEachWindow(f, axes, wide, (windows) => {
              const at = f.let(i32.add(source, i32.mul(windows.start, own)));
              const found = searchWindows(f, seen.dtype, axes, windows, at, true);
              const from = f.let(i32.add(added, i32.mul(windows.number, bytes)));
              if (isTiled) {
                const first = f.let(i32.add(target, i32.mul(windows.start, bytes)));
                storeTile(f, out.dtype, axes, windows, found, first, from);
                return;
              }
              eachLane(f, axes, windows, found, (place, lane) =>
                addElement(
                  f,
                  sums,
                  f.let(i32.add(totals, i32.mul(place, size))),
                  lane === 0 ? from : i32.add(from, lane * bytes),
                ),
              );
            });
            if (isWide) roundTotals(f, sums, target, totals, plane);
          });
        },
      },
    ],
    { ownBytes: isWide ? plane * size : 0 },
  );
};

/** Whether windows along an axis share no element. */
function isApart({ size, stride, dilation }: WindowAxis): boolean {
  return (dilation === 1 || size === 1) && stride >= size;
}

/** Whether windows along an axis are written as a whole: all of them lie within it, and along the last one side by side. */
function isTile(axis: WindowAxis, k: number, axes: readonly WindowAxis[]): boolean {
  const { count, size, stride, whole } = axis;
  return isApart(axis) && whole[0] === 0 && whole[1] === count && (k < axes.length - 1 || size === stride);
}

/** The address of an item's part of an array. */
function startOf(f: F, address: number, item: Expr<"i32">, bytes: number): Local<"i32"> {
  return f.let(i32.add(i32.mul(item, bytes), address));
}

/** Calls `visit` with the place of each window's maximum in the plane. */
function eachLane(
  f: F,
  axes: readonly WindowAxis[],
  { start, width }: Windows,
  { place }: Found,
  visit: (place: Local<"i32">, lane: number) => void,
): void {
  const step = axes.at(-1)?.stride ?? 1;
  for (let lane = 0; lane < width; lane++) {
    const within = width === 4 ? i32x4.extractLane(place as Local<"v128">, lane) : (place as Local<"i32">);
    visit(f.let(i32.add(i32.add(start, lane * step), within)), lane);
  }
}

function copyElement(f: F, dtype: DType, to: Operand<"i32">, offset: number, from: Expr<"i32">): void {
  const { type, load } = elements[dtype];
  if (dtype === "bool") f.store("i32.8", to, load(from) as Expr<"i32">, { offset });
  else f.store(type, to, load(from), { offset });
}

/** Writes whole windows that share no element with others: the given one at the maximum, and zeros. */
function storeTile(
  f: F,
  dtype: DType,
  axes: readonly WindowAxis[],
  { taps, width }: Windows,
  { place }: Found,
  first: Local<"i32">,
  from: Local<"i32">,
): void {
  const bytes = bytesOf(dtype);
  const { floats, type, load } = elements[dtype];
  const placeAt = (address: Expr<"i32">, offset: number): Expr<"i32"> =>
    address === first
      ? i32.const(offset / bytes)
      : i32.shrU(i32.sub(i32.add(address, offset), first), Math.log2(bytes));
  if (width === 1) {
    // A sum that begins with 0 is never −0.
    const given = f.let(load(from) as Expr<"f32">);
    forEachTap(f, axes, taps, first, bytes, (address, offset) => {
      const isHere = i32.eq(placeAt(address, offset), place as Local<"i32">);
      const zero = floats === undefined ? i32.const(0) : floats.scalars.const(0);
      const sum = floats === undefined ? given : (floats.scalars as typeof f32).add(given, 0);
      f.store(type, address, select(isHere, sum, zero as Expr<"f32">), { offset });
    });
    return;
  }
  const row = v128.load(from, { align: 4 });
  const given = f.let(floats === undefined ? row : f32x4.add(row, f32x4.const(0)));
  const size = axes.at(-1)!.size;
  const lines = [...axes.slice(0, -1), { ...axes.at(-1)!, size: 1 }];
  forEachTap(f, lines, [...taps.slice(0, -1), { from: 0, to: 1 }], first, bytes, (address, offset) => {
    const at = (i: number): Expr<"v128"> =>
      f.let(v128.and(given, i32x4.eq(i32x4.splat(placeAt(address, offset + i * bytes)), place as Local<"v128">)));
    if (size === 1) return f.store("v128", address, at(0), { offset, align: 4 });
    const [even, odd] = [at(0), at(1)];
    f.store("v128", address, i32x4.shuffle(even, odd, [0, 4, 1, 5]), { offset, align: 4 });
    f.store("v128", address, i32x4.shuffle(even, odd, [2, 6, 3, 7]), { offset: offset + 16, align: 4 });
  });
}
