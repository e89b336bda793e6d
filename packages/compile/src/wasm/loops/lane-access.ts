import { type Expr, i32, i32x4 } from "@tapegrad/simd";
import type { DType } from "@tapegrad/tensor";
import { bytesOf, elements } from "../elements.ts";
import { type Lanes, type LaneScope, part, partCount } from "./lanes.ts";

/** A place in memory: an address that code computes, and a constant that is added. */
export interface Place {
  readonly address: Expr<"i32">;
  readonly offset: number;
}

/** The same element in all lanes. */
export function loadUniform({ f }: LaneScope, dtype: DType, { address, offset }: Place): Lanes {
  const { splat, decoded } = elements[dtype].memory;
  return { dtype, parts: [f.let(decoded(splat(address, { offset })))], uniform: true };
}

/** Neighbouring elements, `stride` elements apart in memory. */
export function loadLanes({ f, width }: LaneScope, dtype: DType, { address, offset }: Place, stride: number): Lanes {
  const { lanes, memory } = elements[dtype];
  if (width === 1) {
    return { dtype, parts: [f.let(memory.decoded(memory.first(address, { offset })))], uniform: false };
  }
  const step = stride * bytesOf(dtype);
  const parts = Array.from({ length: partCount(dtype, width) }, (_, i) => {
    const at = offset + i * lanes * step;
    return f.let(memory.decoded(stride === 1 ? memory.row(address, at) : gathered(f.let(address), dtype, at, step)));
  });
  return { dtype, parts, uniform: false };
}

/** Elements that do not lie side by side; the distance may be negative. */
function gathered(address: Expr<"i32">, dtype: DType, offset: number, step: number): Expr<"v128"> {
  const { lanes, memory } = elements[dtype];
  const at = (lane: number): Place => {
    const total = offset + lane * step;
    return total >= 0 ? { address, offset: total } : { address: i32.add(address, total), offset: 0 };
  };
  const start = at(0);
  let vector = memory.first(start.address, start);
  for (let lane = 1; lane < lanes; lane++) {
    const next = at(lane);
    vector = memory.another(next.address, vector, lane, next);
  }
  return vector;
}

/** Writes one element: that of the first lane. */
export function storeFirst({ f }: LaneScope, lanes: Lanes, { address, offset }: Place): void {
  elements[lanes.dtype].memory.storeLane(f, address, lanes.parts[0]!, 0, offset);
}

/** Writes neighbouring elements, `stride` elements apart in memory. */
export function storeLanes(scope: LaneScope, values: Lanes, place: Place, stride: number): void {
  const { f, width } = scope;
  const { dtype } = values;
  if (width === 1) {
    storeFirst(scope, values, place);
    return;
  }
  const { lanes, memory } = elements[dtype];
  const step = stride * bytesOf(dtype);
  const address = stride === 1 ? place.address : f.let(place.address);
  for (let i = 0; i < partCount(dtype, width); i++) {
    const vector = part(values, i);
    const offset = place.offset + i * lanes * step;
    if (stride === 1) memory.storeRow(f, address, vector, offset);
    else for (let lane = 0; lane < lanes; lane++) memory.storeLane(f, address, vector, lane, offset + lane * step);
  }
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
  return i32x4.const(elements[dtype].lanes === 2 ? [-1, -1, 0, 0] : [-1, 0, 0, 0]);
}
