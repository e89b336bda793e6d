import { type Option, option, type OptionTable, settleOptions, type ValueRange } from "@tapegrad/tensor/internal";

/** Options of every metric. */
export interface MetricOptions {
  /** What it is called in logs; its class in camelCase unless given. */
  readonly name?: string;
}

const text: ValueRange<string> = {
  text: "to be a string that is not empty",
  has: (value): value is string => typeof value === "string" && value !== "",
};

/** The row of the tables of options. */
export function named(standard: string): Option<string> {
  return option(text, standard);
}

/** The name that options of no more than that say. */
export function nameOf(Class: string, options: MetricOptions, standard: string): string {
  const table: OptionTable<MetricOptions> = { name: named(standard) };
  return settleOptions(Class, options, table).name;
}
