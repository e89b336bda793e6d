import { type Expr, i16x8, i32, i32x4, i8x16, v128 } from "@tapegrad/simd";
import type { DType } from "@tapegrad/tensor";
import { dtypes } from "@tapegrad/tensor/internal";
import { type Lanes, type LaneScope, partCount } from "./lanes.ts";

/** A place in memory: an address that code computes, and a constant that is added. */
export interface Place {
  readonly address: Expr<"i32">;
  readonly offset: number;
}

/** Bytes of one element. */
export function bytesOf(dtype: DType): number {
  return dtypes[dtype].bytes;
}

/** The same element in all lanes. */
export function loadUniform({ f }: LaneScope, dtype: DType, { address, offset }: Place): Lanes {
  const vector =
    dtype === "float64"
      ? v128.load64Splat(address, { offset })
      : dtype === "bool"
        ? maskOf(i32x4.splat(i32.load8U(address, { offset })))
        : v128.load32Splat(address, { offset });
  return { dtype, parts: [f.let(vector)], uniform: true };
}

/** Neighbouring elements, `stride` elements apart in memory. */
export function loadLanes(scope: LaneScope, dtype: DType, place: Place, stride: number): Lanes {
  const { f, width } = scope;
  const { address, offset } = place;
  if (width === 1) return { ...loadFirst(scope, dtype, place), uniform: false };
  const bytes = bytesOf(dtype);
  const perPart = width / partCount(dtype, width);
  const parts = Array.from({ length: partCount(dtype, width) }, (_, i) => {
    const at = offset + i * perPart * bytes * stride;
    if (stride !== 1) return f.let(gathered(f.let(address), dtype, at, stride * bytes));
    if (dtype !== "bool") return f.let(v128.load(address, { offset: at, align: 4 }));
    return f.let(
      maskOf(i32x4.extendLowI16x8U(i16x8.extendLowI8x16U(v128.load32Zero(address, { offset: at, align: 1 })))),
    );
  });
  return { dtype, parts, uniform: false };
}

function loadFirst({ f }: LaneScope, dtype: DType, { address, offset }: Place): Lanes {
  const vector =
    dtype === "float64"
      ? v128.load64Zero(address, { offset })
      : dtype === "bool"
        ? maskOf(i32x4.splat(i32.load8U(address, { offset })))
        : v128.load32Zero(address, { offset });
  return { dtype, parts: [f.let(vector)], uniform: false };
}

/** Elements that do not lie side by side; the distance may be negative. */
function gathered(address: Expr<"i32">, dtype: DType, offset: number, step: number): Expr<"v128"> {
  const at = (lane: number): { address: Expr<"i32">; offset: number } => {
    const total = offset + lane * step;
    return total >= 0 ? { address, offset: total } : { address: i32.add(address, total), offset: 0 };
  };
  const start = at(0);
  if (dtype === "float64") {
    const next = at(1);
    const low = v128.load64Zero(start.address, { offset: start.offset });
    return v128.load64Lane(next.address, low, 1, { offset: next.offset });
  }
  if (dtype === "bool") {
    let lanes = i32x4.splat(i32.load8U(start.address, { offset: start.offset }));
    for (let lane = 1; lane < 4; lane++) {
      const next = at(lane);
      lanes = i32x4.replaceLane(lanes, lane, i32.load8U(next.address, { offset: next.offset }));
    }
    return maskOf(lanes);
  }
  let lanes = v128.load32Zero(start.address, { offset: start.offset });
  for (let lane = 1; lane < 4; lane++) {
    const next = at(lane);
    lanes = v128.load32Lane(next.address, lanes, lane, { offset: next.offset });
  }
  return lanes;
}

function maskOf(lanes: Expr<"v128">): Expr<"v128"> {
  return i32x4.ne(lanes, i32x4.const(0));
}

/** Writes one element: that of the first lane. */
export function storeFirst({ f }: LaneScope, lanes: Lanes, { address, offset }: Place): void {
  const vector = lanes.parts[0]!;
  if (lanes.dtype === "float64") f.storeLane(64, address, vector, 0, { offset });
  else if (lanes.dtype === "bool") f.store("i32.8", address, i32.and(i32x4.extractLane(vector, 0), 1), { offset });
  else f.storeLane(32, address, vector, 0, { offset });
}

/** Writes neighbouring elements, `stride` elements apart in memory. */
export function storeLanes(scope: LaneScope, lanes: Lanes, place: Place, stride: number): void {
  const { f, width } = scope;
  const { dtype } = lanes;
  if (width === 1) {
    storeFirst(scope, lanes, place);
    return;
  }
  const bytes = bytesOf(dtype);
  const count = partCount(dtype, width);
  const perPart = width / count;
  const address = stride === 1 ? place.address : f.let(place.address);
  for (let i = 0; i < count; i++) {
    const vector = (lanes.uniform ? lanes.parts[0] : lanes.parts[i]) as Expr<"v128">;
    const offset = place.offset + i * perPart * bytes * stride;
    if (stride === 1 && dtype !== "bool") f.store("v128", address, vector, { offset, align: 4 });
    else if (stride === 1) f.storeLane(32, address, bytesOfMask(vector), 0, { offset, align: 1 });
    else {
      for (let lane = 0; lane < perPart; lane++) {
        const at = offset + lane * bytes * stride;
        if (dtype === "float64") f.storeLane(64, address, vector, lane, { offset: at });
        else if (dtype === "bool")
          f.store("i32.8", address, i32.and(i32x4.extractLane(vector, lane), 1), { offset: at });
        else f.storeLane(32, address, vector, lane, { offset: at });
      }
    }
  }
}

/** Four masks as four bytes of 0 or 1, in the first lane. */
function bytesOfMask(mask: Expr<"v128">): Expr<"v128"> {
  const narrow = i16x8.narrowI32x4S(mask, mask);
  return v128.and(i8x16.narrowI16x8S(narrow, narrow), i8x16.const(1));
}

/** The position of each lane, as int32. */
export function positions({ f, width }: LaneScope, first: Expr<"i32">, step: number): Lanes {
  const count = partCount("int32", width);
  const base = f.let(i32x4.splat(first));
  const parts = Array.from({ length: count }, (_, i) => {
    const lanes = [0, 1, 2, 3].map((lane) => (4 * i + lane) * step);
    return width === 1 ? base : f.let(i32x4.add(base, i32x4.const(lanes)));
  });
  return { dtype: "int32", parts, uniform: false };
}

/** The lane mask that keeps the first element only. */
export function firstLane(dtype: DType): Expr<"v128"> {
  return dtype === "float64" ? i32x4.const([-1, -1, 0, 0]) : i32x4.const([-1, 0, 0, 0]);
}
