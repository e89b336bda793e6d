import type { Tensor } from "@tapegrad/tensor";
import { normalizeAxis, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { ConfiguredModule } from "../module/configured-module.ts";

/** Options of functions along one axis. */
export interface AxisOptions {
  /** The axis, counted from the end if negative; −1 unless given. */
  readonly axis?: number;
}

const table: OptionTable<AxisOptions> = { axis: option(ranges.integer, -1) };

/**
 * The axis as a number from 0.
 *
 * @throws {ValueError} for an unknown option or an axis that is no whole number
 * @throws {ShapeError} for an axis that the tensor does not have
 */
export function axisOf(fn: string, x: Tensor, options: AxisOptions): number {
  return normalizeAxis(fn, settleOptions(fn, options, table).axis, x.ndim);
}

/** A layer along one axis. */
export abstract class AxisModule extends ConfiguredModule<AxisOptions> {
  constructor(options: AxisOptions = {}) {
    super(options, table);
  }
}
