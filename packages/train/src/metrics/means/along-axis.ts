import { option, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { type MetricOptions, named } from "../metric-options.ts";

/** Options of metrics that compare predictions and target along an axis. */
export interface AlongAxisOptions extends MetricOptions {
  /** The axis along which they are compared; the last, −1, unless given. */
  readonly axis?: number;
}

/** The table of them. */
export function alongAxisTable(name: string): OptionTable<AlongAxisOptions> {
  return { axis: option(ranges.integer, -1), name: named(name) };
}
