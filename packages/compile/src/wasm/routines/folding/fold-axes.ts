import type { Operations } from "../../../operations/operation.ts";
import type { View } from "../../../schedule/view.ts";

/** One of the two indices that make up a position: the window's, or that inside of it. */
export interface Digit {
  readonly count: number;
  /** How far it moves in the result, in positions. */
  readonly step: number;
  /** How far it moves in the operand, in elements. */
  readonly stride: number;
}

/** An axis of the result of `foldWindows`. */
export interface FoldAxis {
  readonly extent: number;
  /** Elements of the operand per position, where there are no windows. */
  readonly stride: number;
  /** The shorter one first. */
  readonly digits: readonly [Digit, Digit] | undefined;
}

/** The axes of a result: neighbours without windows that the operand, too, steps through as one are one. */
export function foldAxes(
  { axes, size, stride, dilation, shape }: Operations["foldWindows"],
  y: Pick<View, "shape" | "strides">,
): FoldAxis[] {
  const found: FoldAxis[] = [];
  shape.forEach((extent, axis) => {
    const k = axes.indexOf(axis);
    const own = y.strides[axis]!;
    if (k < 0) {
      const before = found.at(-1);
      const isJoined =
        before?.digits === undefined && (extent === 1 || before?.extent === 1 || before?.stride === own * extent);
      if (before === undefined || !isJoined) found.push({ extent, stride: own, digits: undefined });
      else {
        const rest = extent === 1 ? before.stride : own;
        found[found.length - 1] = { extent: before.extent * extent, stride: rest, digits: undefined };
      }
      return;
    }
    const at = { count: y.shape[axis]!, step: stride[k]!, stride: own };
    const inside = { count: size[k]!, step: dilation[k]!, stride: y.strides[shape.length + k]! };
    found.push({ extent, stride: own, digits: at.count < inside.count ? [at, inside] : [inside, at] });
  });
  return found;
}

/** What falls on a row of the result: lines of the operand, each so far beyond the one before in both. */
export interface RowLines {
  readonly extent: number;
  /** The index of a line. */
  readonly line: Digit;
  /** The index in it. */
  readonly element: Digit;
}

/** The lines of a last axis. Their elements are what lies side by side in the operand, or else in the result, or else what is longer. */
export function rowLines({ extent, stride, digits }: FoldAxis): RowLines {
  if (digits === undefined) {
    return { extent, line: { count: 1, step: 0, stride: 0 }, element: { count: extent, step: 1, stride } };
  }
  const [short, long] = digits;
  const worth = ({ step, stride: gap, count }: Digit): number =>
    (gap === 1 && count >= 4 ? 2 : 0) + (step === 1 && count >= 4 ? 1 : 0);
  return worth(short) > worth(long) ? { extent, line: long, element: short } : { extent, line: short, element: long };
}
