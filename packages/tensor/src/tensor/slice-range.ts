import { ShapeError, ValueError } from "../errors.ts";
import { quoted } from "../options/value-range.ts";

/** `[start, stop, step]`, each optional; a number for one position. */
export type SliceRange =
  | number
  | readonly [start?: number | undefined, stop?: number | undefined, step?: number | undefined];

/** A range as a forward slice, and whether to reverse what it takes. */
export interface SliceBounds {
  readonly start: number;
  readonly size: number;
  readonly step: number;
  readonly reverse: boolean;
}

/** Resolves a range against an extent by Python's rules. */
export function sliceBounds(fn: string, range: SliceRange | undefined, extent: number, axis: number): SliceBounds {
  if (range === undefined) return { start: 0, size: extent, step: 1, reverse: false };
  if (typeof range === "number") {
    if (!Number.isInteger(range) || range < -extent || range >= extent) {
      throw new ShapeError(`${fn}: expected a position in [${-extent}, ${extent - 1}] at axis ${axis}, got ${range}.`);
    }
    return { start: range < 0 ? range + extent : range, size: 1, step: 1, reverse: false };
  }
  if (!isRange(range)) {
    throw new ValueError(
      `${fn}: expected whole [start, stop, step] with step ≠ 0 at axis ${axis}, got ${quoted(range)}.${wholeAxis(range)}`,
    );
  }
  const step = range[2] ?? 1;
  const [lowest, highest] = step > 0 ? [0, extent] : [-1, extent - 1];
  const resolve = (position: number | undefined, otherwise: number): number => {
    if (position === undefined) return otherwise;
    return Math.min(Math.max(position < 0 ? position + extent : position, lowest), highest);
  };
  const start = resolve(range[0], step > 0 ? lowest : highest);
  const stop = resolve(range[1], step > 0 ? highest : lowest);
  const size = Math.max(Math.ceil((stop - start) / step), 0);
  if (step > 0) return { start: Math.min(start, extent), size, step, reverse: false };
  const last = size === 0 ? 0 : start + (size - 1) * step;
  return { start: last, size, step: -step, reverse: true };
}

/** What whoever writes null or ":" for all of an axis gets to hear. */
function wholeAxis(range: unknown): string {
  return range === null || range === ":" ? " Write [] for a whole axis." : "";
}

function isRange(range: unknown): boolean {
  if (!Array.isArray(range) || range.length > 3 || range[2] === 0) return false;
  return range.every((part) => part === undefined || Number.isInteger(part));
}
