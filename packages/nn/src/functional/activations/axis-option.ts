import { ShapeError, type Tensor, ValueError } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";

/** Options of functions along one axis. */
export interface AxisOptions {
  /** The axis, counted from the end if negative; −1 unless given. */
  readonly axis?: number;
}

/**
 * The axis as a number from 0.
 *
 * @throws {ValueError} for an unknown option or an axis that is no whole number
 * @throws {ShapeError} for an axis that the tensor does not have
 */
export function axisOption(fn: string, x: Tensor, options: AxisOptions): number {
  checkOptions(fn, options, ["axis"]);
  const { axis = -1 } = options;
  if (!Number.isInteger(axis)) throw new ValueError(`${fn}: expected axis to be a whole number, got ${String(axis)}.`);
  if (axis < -x.ndim || axis >= x.ndim) {
    throw new ShapeError(`${fn}: expected an axis in [${-x.ndim}, ${x.ndim}), got ${axis}.`);
  }
  return axis < 0 ? axis + x.ndim : axis;
}
