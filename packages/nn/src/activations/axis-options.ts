import { split, ShapeError, type Tensor } from "@tapegrad/tensor";
import {
  expectTensor,
  normalizeAxes,
  normalizeAxis,
  option,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { ConfiguredModule } from "../module/configured-module.ts";

/** Options of functions along one axis. */
export interface AxisOptions {
  /** The axis, counted from the end if negative; −1 unless given. */
  readonly axis?: number;
}

/** Options of functions along an axis or several. */
export interface AxesOptions {
  /** The axis, or several that are taken as one, counted from the end if negative; −1 unless given. */
  readonly axis?: number | readonly number[];
}

/** {@link AxesOptions}, row by row. */
export const axesTable: OptionTable<AxesOptions> = { axis: option(ranges.orListOf(ranges.integer), -1) };

const table: OptionTable<AxisOptions> = { axis: option(ranges.integer, -1) };

/**
 * The axis in a list; none for a tensor without axes, which takes 0 and −1.
 *
 * @throws {ShapeError} for an axis that the tensor does not have
 */
export function axesOf(fn: string, x: Tensor, options: AxisOptions): number[] {
  expectTensor(fn, "x", x);
  return normalizeAxes(fn, settleOptions(fn, options, table).axis, x.ndim);
}

/** The two halves of a tensor along an axis; throws where the extent is odd. */
export function halves(fn: string, x: Tensor, options: AxisOptions): [Tensor, Tensor] {
  expectTensor(fn, "x", x);
  const axis = normalizeAxis(fn, settleOptions(fn, options, table).axis, x.ndim);
  const extent = x.shape[axis]!;
  if (extent % 2 !== 0) throw new ShapeError(`${fn}: expected an even extent along axis ${axis}, got ${extent}.`);
  const [first, second] = split(x, [extent / 2, extent / 2], axis);
  return [first, second];
}

/** A layer along one axis. */
export abstract class AxisModule extends ConfiguredModule<AxisOptions> {
  constructor(options: AxisOptions = {}) {
    super(options, table);
  }
}
