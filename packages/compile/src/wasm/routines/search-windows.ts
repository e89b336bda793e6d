import { type Expr, type FunctionBuilder, i32, i32x4, type Local, select, v128 } from "@tapegrad/simd";
import type { DType } from "@tapegrad/tensor";
import { bytesOf, elements } from "../elements.ts";
import { beatsOf, fourBeat } from "./beats.ts";
import { forEachTap, isUnrolled, type WindowAxis, type Windows } from "./window-axes.ts";

type F = FunctionBuilder<"void">;

type Value = "i32" | "f32" | "f64" | "v128";

/** The maxima of some windows, and where the first of each is. */
export interface Found {
  readonly value: Local<Value>;
  /** In elements from the start of the window; undefined where nobody asked. */
  readonly place: Local<"i32" | "v128"> | undefined;
}

/** Searches one window, or four neighbours, at an address. What is NaN beats everything that is not. */
export function searchWindows(
  f: F,
  dtype: DType,
  axes: readonly WindowAxis[],
  { taps, width }: Pick<Windows, "taps" | "width">,
  at: Local<"i32">,
  wantsPlace: boolean,
): Found {
  const bytes = bytesOf(dtype);
  const step = axes.at(-1)?.stride ?? 1;
  const load = (address: Expr<"i32">, offset: number): Expr<Value> =>
    width === 4 ? loadFour(address, offset, step) : elements[dtype].load(address, { offset });
  const beats = beatsOf(dtype, "gt");
  const fourBeats = fourBeat(dtype, "gt");
  const spread = (place: Expr<"i32">): Expr<Value> => (width === 4 ? i32x4.splat(place) : place);
  const placeOf = (address: Expr<"i32">, offset: number): Expr<"i32"> =>
    address === at
      ? i32.const(offset / bytes)
      : i32.add(i32.shrU(i32.sub(address, at), Math.log2(bytes)), offset / bytes);
  const start = (address: Expr<"i32">, offset: number): Found => {
    const place = wantsPlace ? (f.let(spread(placeOf(address, offset))) as Local<"i32">) : undefined;
    return { value: f.let(load(address, offset)), place };
  };
  // The first element that is inside is known at once, or has to be looked for.
  let found = isUnrolled(axes, taps) ? undefined : start(f.let(firstInside(axes, taps, at, bytes)), 0);
  forEachTap(f, axes, taps, at, bytes, (address, offset) => {
    if (found === undefined) {
      found = start(address, offset);
      return;
    }
    const { value, place } = found;
    const x = f.let(load(address, offset));
    if (width === 4) {
      const better = f.let(fourBeats(x as Expr<"v128">, value as Expr<"v128">));
      const choose = (to: Local<Value>, other: Expr<Value>): void =>
        f.set(to as Local<"v128">, v128.bitselect(other as Expr<"v128">, to as Expr<"v128">, better));
      choose(value, x);
      if (place !== undefined) choose(place, spread(placeOf(address, offset)));
      return;
    }
    const better = f.let(beats(x, value));
    f.set(value as Local<"f64">, select(better, x as Expr<"f64">, value as Expr<"f64">));
    if (place !== undefined) {
      f.set(place as Local<"i32">, select(better, placeOf(address, offset), place as Expr<"i32">));
    }
  });
  return found!;
}

function firstInside(axes: readonly WindowAxis[], taps: Windows["taps"], at: Expr<"i32">, bytes: number): Expr<"i32"> {
  return axes.reduce((address, { dilation, own }, k) => {
    return i32.add(address, i32.mul(taps[k]!.from, dilation * own * bytes));
  }, at);
}

/** Four elements of four bytes that lie so many apart. Nothing beyond the last of them is read. */
function loadFour(address: Expr<"i32">, offset: number, step: number): Expr<"v128"> {
  if (step === 1) return v128.load(address, { offset, align: 4 });
  if (step === 2) {
    const [low, high] = [offset, offset + 12].map((from) => v128.load(address, { offset: from, align: 4 }));
    return i32x4.shuffle(low!, high!, [0, 2, 5, 7]);
  }
  let four = v128.load32Zero(address, { offset, align: 4 });
  for (let lane = 1; lane < 4; lane++) {
    four = v128.load32Lane(address, four, lane, { offset: offset + lane * step * 4, align: 4 });
  }
  return four;
}
