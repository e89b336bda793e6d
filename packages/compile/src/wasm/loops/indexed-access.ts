import { constant, type Expr, f64x2, type FunctionBuilder, i32, i32x4, select } from "@tapegrad/simd";
import type { DType } from "@tapegrad/tensor";
import { sizeOf } from "@tapegrad/tensor/internal";
import type { Accumulation, Indexed, KernelNode, LoadNode } from "../../schedule/loop-kernel.ts";
import { bytesOf, elements } from "../elements.ts";
import { combine } from "./fold-lanes.ts";
import type { KernelCall } from "./kernel-call.ts";
import { loadLanes, loadUniform, type Place, storeLanes } from "./lane-access.ts";
import { allParts, type Lanes, type LaneScope, part, partCount } from "./lanes.ts";
import type { LoopValues } from "./loop-values.ts";

/** Elements that an index chooses: neighbours in one row where it is the same for all lanes, else one by one. */
export function loadIndexed(
  values: LoopValues,
  { strides, dtype, at }: Pick<LoadNode, "strides" | "dtype"> & { readonly at: Indexed },
  place: Place,
): Lanes {
  const { lanes: scope } = values;
  const stride = values.laneStride(strides);
  const index = indexOf(values, at.index);
  if (values.isUniform(at.index)) {
    const chosen = chosenPlace(scope, index(0), at.stride * bytesOf(dtype), place);
    return stride === 0 ? loadUniform(scope, dtype, chosen) : loadLanes(scope, dtype, chosen, stride);
  }
  const { lanes, memory } = elements[dtype];
  const step = stride * bytesOf(dtype);
  const chosen = (lane: number): Place => {
    const { address, offset } = chosenPlace(scope, index(lane), at.stride * bytesOf(dtype), place);
    return beyond(address, offset + lane * step);
  };
  const parts = Array.from({ length: partCount(dtype, scope.width) }, (_, i) => {
    const first = chosen(i * lanes);
    let vector = memory.first(first.address, first);
    for (let lane = 1; lane < Math.min(lanes, scope.width); lane++) {
      const next = chosen(i * lanes + lane);
      vector = memory.another(next.address, vector, lane, next);
    }
    return scope.f.let(memory.decoded(vector));
  });
  return { dtype, parts, uniform: false };
}

/** Adds a value to the elements that an index chooses, in the order of the lanes where each has its own. */
export function addIndexed(
  values: LoopValues,
  { node, at, strides, to }: Accumulation & { readonly at: Indexed },
  start: Expr<"i32">,
): void {
  const { lanes: scope } = values;
  const { dtype } = to;
  const bytes = bytesOf(dtype);
  const place = values.addresses.place(strides, bytes, 0, start);
  // What was read before anything was written: a result may have taken the place of the index.
  const [value, index] = [values.get(node), lanesOf(values.get(at.index))];
  const stride = values.laneStride(strides);
  if (values.isUniform(at.index) && stride !== 0) {
    const chosen = chosenPlace(scope, index(0), at.stride * bytes, place);
    const sums = loadLanes(scope, dtype, chosen, stride);
    const added = allParts(value, scope.width);
    const parts = sums.parts.map((before, i) => scope.f.let(combine("sum", dtype, before, added[i]!)));
    storeLanes(scope, { dtype, parts, uniform: false }, chosen, stride);
    return;
  }
  const sums = elements[dtype].sums!;
  for (let lane = 0; lane < scope.width; lane++) {
    const { address, offset } = chosenPlace(scope, index(lane), at.stride * bytes, place);
    const to = beyond(address, offset + lane * stride * bytes);
    const added = laneOf(dtype, value, lane);
    sums.store(scope.f, to.address, sums.add(sums.load(to.address, to), added), to);
  }
}

/** Sets what is added to where an index says to 0, as many rows of it as are wanted. */
export function clearIndexed(
  f: FunctionBuilder<"void">,
  { to, lastRow }: Accumulation,
  start: Expr<"i32">,
  addressOf: KernelCall["addressOf"],
): void {
  const [rows = 1, ...rest] = to.shape;
  const bytes = sizeOf(rest) * bytesOf(to.dtype);
  if (lastRow === undefined) {
    f.fillMemory(start, 0, rows * bytes);
    return;
  }
  const place = addressOf(lastRow);
  const wanted = f.let(i32.add(i32.load(i32.add(place.start, place.base)), 1));
  // Below 0 is above all, as an unsigned number.
  f.fillMemory(start, 0, i32.mul(select(i32.ltU(wanted, rows), wanted, i32.const(rows)), bytes));
}

/** The index of each lane: read from memory one by one where it lies there, which is faster than to take it out of a vector. */
function indexOf(values: LoopValues, node: KernelNode): (lane: number) => Expr<"i32"> {
  if (node.kind === "load" && node.at === undefined && !values.isUniform(node)) {
    const { address, offset } = values.placeOf(node);
    const step = values.laneStride(node.strides) * bytesOf(node.dtype);
    return (lane) => {
      const place = beyond(address, offset + lane * step);
      return i32.load(place.address, place);
    };
  }
  return lanesOf(values.get(node));
}

function lanesOf(index: Lanes): (lane: number) => Expr<"i32"> {
  return (lane) => i32x4.extractLane(part(index, lane >> 2), lane & 3);
}

/** The place that an index chooses, so many bytes per step. */
function chosenPlace({ f }: LaneScope, index: Expr<"i32">, step: number, { address, offset }: Place): Place {
  const moved = f.let(i32.add(address, i32.mul(index, step)));
  // An address below its buffer must not wrap before the constant is added.
  return step < 0 ? { address: f.let(i32.add(moved, offset)), offset: 0 } : { address: moved, offset };
}

/** A place whose offset may be negative. */
function beyond(address: Expr<"i32">, offset: number): Place {
  return offset >= 0 ? { address, offset } : { address: i32.add(address, constant("i32", offset)), offset: 0 };
}

/** One element of a value. */
function laneOf(dtype: DType, value: Lanes, lane: number): Expr<"i32" | "f64"> {
  const { lanes } = elements[dtype];
  const vector = part(value, Math.floor(lane / lanes));
  return lanes === 2 ? f64x2.extractLane(vector, lane % 2) : i32x4.extractLane(vector, lane % 4);
}
