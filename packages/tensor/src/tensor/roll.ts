import { ShapeError, ValueError } from "../errors.ts";
import { quoted } from "../options/value-range.ts";
import { axisList, normalizeAxis } from "../shape.ts";
import type { SliceRange } from "./slice-range.ts";
import type { Tensor } from "./tensor.ts";

/** `x` with its elements moved by `shift` places along `axis`, around the ends. */
export function roll(x: Tensor, shift: number | readonly number[], axis?: number | readonly number[]): Tensor {
  const shifts = typeof shift === "number" ? [shift] : shift;
  if (!areWhole(shifts)) {
    throw new ValueError(`roll: expected whole shifts, got ${quoted(shift)}.`);
  }
  if (axis === undefined) {
    return shifts.reduce((flat, by) => along(flat, by, 0), x.reshape([x.size])).reshape(x.shape);
  }
  const axes = axisList("roll", axis);
  if (axes.length !== shifts.length) {
    throw new ShapeError(`roll: expected as many shifts as axes, got ${shifts.length} and ${axes.length}.`);
  }
  const places = axes.map((a) => normalizeAxis("roll", a, x.ndim));
  return places.reduce((moved, place, i) => along(moved, shifts[i]!, place), x);
}

/** Of holes in an array, too, which `every` would skip. */
function areWhole(values: unknown): boolean {
  return Array.isArray(values) && Array.from<unknown>(values).every(Number.isSafeInteger);
}

function along(x: Tensor, shift: number, axis: number): Tensor {
  const extent = x.shape[axis]!;
  const by = extent === 0 ? 0 : ((shift % extent) + extent) % extent;
  if (by === 0) return x;
  const take = (start: number, stop: number): Tensor =>
    x.slice(...x.shape.map((_, a): SliceRange => (a === axis ? [start, stop] : [])));
  return take(extent - by, extent)["run"]("concat", [take(0, extent - by)], { axis });
}
