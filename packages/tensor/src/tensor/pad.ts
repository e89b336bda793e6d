import { numberDType } from "../dtype.ts";
import { option, type OptionTable, settleOptions } from "../options/option-table.ts";
import { anyNumber, oneOf } from "../options/ranges.ts";
import { quoted } from "../options/value-range.ts";
import { ShapeError, ValueError } from "../errors.ts";
import { formatShape } from "../shape.ts";
import type { SliceRange } from "./slice-range.ts";
import type { Tensor } from "./tensor.ts";

/** What is added at the ends of an axis. */
export type PadMode = "constant" | "reflect" | "replicate" | "circular";

/** Options of {@link Tensor.pad}. */
export interface PadOptions {
  /** `constant` unless given. */
  readonly mode?: PadMode;
  /** Element that `constant` adds, 0 unless given. One that int32 or bool elements cannot have makes float32. */
  readonly value?: number;
}

type Widths = readonly (readonly [number, number])[];

const table: OptionTable<PadOptions> = {
  mode: option(oneOf("constant", "reflect", "replicate", "circular"), "constant"),
  value: option(anyNumber, 0),
};

/** `x` with elements added at (or, where a width is negative, taken from) the ends of its axes. */
export function pad(x: Tensor, widths: Widths, options: PadOptions): Tensor {
  const { mode, value } = settleOptions("pad", options, table);
  if (!Array.isArray(widths) || !Array.from<unknown>(widths).every(Array.isArray)) {
    throw new ShapeError(`pad: expected a list of [before, after] for each axis, got ${quoted(widths)}.`);
  }
  if (widths.length !== x.ndim) {
    throw new ShapeError(`pad: expected a [before, after] for each of ${x.ndim} axes, got ${widths.length}.`);
  }
  if (widths.some((pair) => pair.length !== 2 || !pair.every(Number.isSafeInteger))) {
    throw new ValueError(`pad: expected whole widths, got [${widths.map(formatShape).join(", ")}].`);
  }
  const cropped = crop(x, widths);
  const low = widths.map(([before]) => Math.max(before, 0));
  const high = widths.map(([, after]) => Math.max(after, 0));
  if (mode === "constant") {
    return cropped.to(numberDType(value, x.dtype))["run"]("pad", [], { low, high, interior: low.map(() => 0), value });
  }
  let y = cropped;
  x.shape.forEach((_, axis) => {
    const [before, after] = [low[axis]!, high[axis]!];
    if (before + after > 0) y = extend(y, axis, before, after, mode);
  });
  return y;
}

function crop(x: Tensor, widths: Widths): Tensor {
  if (widths.every(([before, after]) => before >= 0 && after >= 0)) return x;
  const ranges = widths.map(([before, after], axis): [number, number] => {
    const extent = x.shape[axis]!;
    const [start, stop] = [Math.max(-before, 0), extent - Math.max(-after, 0)];
    if (start > stop) {
      throw new ShapeError(
        `pad: expected to take at most ${extent} elements from axis ${axis}, got ${start + extent - stop}.`,
      );
    }
    return [start, stop];
  });
  return x.slice(...ranges);
}

/** Adds elements of `x` itself at both ends of one axis. */
function extend(x: Tensor, axis: number, before: number, after: number, mode: Exclude<PadMode, "constant">): Tensor {
  const extent = x.shape[axis]!;
  const most = mode === "reflect" ? extent - 1 : mode === "circular" ? extent : extent === 0 ? 0 : Infinity;
  if (Math.max(before, after) > most) {
    throw new ShapeError(
      `pad: expected widths of at most ${Math.max(most, 0)} at axis ${axis} of shape ${formatShape(x.shape)} in mode ${mode}, got ${Math.max(before, after)}.`,
    );
  }
  const take = (start: number, stop: number): Tensor =>
    x.slice(...x.shape.map((_, a): SliceRange => (a === axis ? [start, stop] : [])));
  const repeat = (start: number, count: number): Tensor =>
    take(start, start + 1).broadcastTo(x.shape.map((n, a) => (a === axis ? count : n)));
  const ends = {
    reflect: (): [Tensor, Tensor] => [take(1, before + 1).flip(axis), take(extent - 1 - after, extent - 1).flip(axis)],
    replicate: (): [Tensor, Tensor] => [repeat(0, before), repeat(extent - 1, after)],
    circular: (): [Tensor, Tensor] => [take(extent - before, extent), take(0, after)],
  }[mode]();
  return ends[0]["run"]("concat", [x, ends[1]], { axis });
}
