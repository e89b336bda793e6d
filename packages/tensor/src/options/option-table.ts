import { checkOptions } from "./check-options.ts";
import { formatValue, outOfRange, type ValueRange } from "./value-range.ts";

/** All that is said of one option. */
export interface Option<T> {
  /** What it is when it is not given; undefined for one that must be. */
  readonly standard: T | undefined;
  /** Whether it must be given. */
  readonly required: boolean;
  /** What a given one may be. */
  readonly range: ValueRange<T>;
  /** Whether {@link describeOptions} prints it even where it is the standard. */
  readonly shown: boolean;
}

/**
 * A row for each option of `O`: forgetting one does not compile. An option that has no standard is declared with
 * `| undefined` in `O`.
 */
export type OptionTable<O> = { readonly [K in keyof O]-?: Option<Required<O>[K]> };

/** An option that is `standard` unless given. */
export function option<T>(
  range: ValueRange<T>,
  standard: NoInfer<T>,
  { shown = false }: { readonly shown?: boolean } = {},
): Option<T> {
  return { standard, required: false, range, shown };
}

/** An option without a standard. */
export function optional<T>(range: ValueRange<T>): Option<T | undefined> {
  return { standard: undefined, required: false, range, shown: false };
}

/** An option that must be given. */
export function required<T>(range: ValueRange<T>): Option<T> {
  return { standard: undefined, required: true, range, shown: false };
}

/**
 * Checks the options that were given and adds those that were not.
 *
 * @param fn name of the function or class that was called, for the messages
 * @throws {ValueError} `layerNorm: expected eps ≥ 0, got -1.` or `layerNorm: expected options eps, got "epsilon".`
 */
export function settleOptions<O extends object>(fn: string, given: O, table: OptionTable<O>): Required<O> {
  checkOptions(fn, given, Object.keys(table));
  const settled: Record<string, unknown> = {};
  // A plain loop, not Object.fromEntries: this runs in every call of a function that takes options.
  for (const name in table) {
    const { standard, required, range }: Option<unknown> = table[name];
    const value: unknown = given[name];
    if (value === undefined ? required : !range.has(value)) throw outOfRange(fn, name, value, range);
    settled[name] = value === undefined ? standard : value;
  }
  return settled as Required<O>;
}

/**
 * `eps=1e-5, affine=false`: the options that differ from the standard, and those that are always shown. Tensors,
 * generators and functions have no short form and are left out.
 */
export function describeOptions<O extends object>(settled: Required<O>, table: OptionTable<O>): string {
  const parts: string[] = [];
  for (const name in table) {
    const { standard, shown }: Option<unknown> = table[name];
    const value: unknown = settled[name];
    const isPrintable = typeof value !== "function" && (!(value instanceof Object) || Array.isArray(value));
    if (isPrintable && (shown || value !== standard)) parts.push(`${name}=${formatOption(value)}`);
  }
  return parts.join(", ");
}

/** `1e-5` rather than `0.00001`. */
function formatOption(value: unknown): string {
  if (typeof value === "number" && value !== 0 && Math.abs(value) < 1e-3) return value.toExponential();
  return formatValue(value);
}
