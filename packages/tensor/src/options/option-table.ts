import { isPlainObject } from "./is-plain-object.ts";
import { notOptions, unknownOption } from "./refuse-options.ts";
import { formatValue, outOfRange, type ValueRange } from "./value-range.ts";

/** All that is said of one option. */
export interface Option<T> {
  /** What it is when it is not given; undefined for one that must be. */
  readonly standard: T | undefined;
  /** Whether it must be given. */
  readonly required: boolean;
  /** What a given one may be. */
  readonly range: ValueRange<T>;
  /** Whether it is printed even where it is the standard. */
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
 * Checks the options that were given.
 *
 * @param fn name of the function or class that was called, for the messages
 * @throws {ValueError} `sum: expected options such as { axis: 0 }, got 0.`,
 * `sum: expected options axis, keepDims, got "dim". Did you mean "axis"?`, or what the range of an option says
 */
export function checkOptions<O extends object>(fn: string, given: O, table: OptionTable<O>): void {
  if (!isPlainObject(given)) throw notOptions(fn, given, table);
  for (const name in given) checkOption(fn, name, given[name], table);
}

function checkOption(fn: string, name: string, value: unknown, table: object): void {
  const rows = table as { readonly [name: string]: Option<unknown> | undefined };
  // Without a range it is no row, but a member of every object, such as toString.
  const range = rows[name]?.range;
  if (range === undefined) throw unknownOption(fn, name, table);
  if (value !== undefined && !range.has(value)) throw outOfRange(fn, name, value, range);
}

/**
 * {@link checkOptions}, and adds the options that were not given.
 *
 * @throws {ValueError} as {@link checkOptions}, and when a required one is missing
 */
export function settleOptions<O extends object>(fn: string, given: O, table: OptionTable<O>): Required<O> {
  if (!isPlainObject(given)) throw notOptions(fn, given, table);
  // This runs in every call of a function that takes options: the standards are copied at once, and only what is given
  // is looked at.
  const { standards, required } = preparedOf(table);
  const settled: Record<string, unknown> = { ...standards };
  for (const name in given) {
    const value: unknown = given[name];
    checkOption(fn, name, value, table);
    if (value !== undefined) settled[name] = value;
  }
  for (const name of required) {
    if (settled[name] === undefined) throw outOfRange(fn, name, undefined, table[name as keyof O].range);
  }
  return settled as Required<O>;
}

/** What is the same in every call with a table. */
interface Prepared {
  readonly standards: Readonly<Record<string, unknown>>;
  /** Names of the options that must be given. */
  readonly required: readonly string[];
}

const prepared = new WeakMap<object, Prepared>();

function preparedOf(table: object): Prepared {
  let found = prepared.get(table);
  if (found === undefined) {
    const rows = Object.entries(table as Readonly<Record<string, Option<unknown>>>);
    found = {
      standards: Object.fromEntries(rows.map(([name, { standard }]) => [name, standard])),
      required: rows.flatMap(([name, { required }]) => (required ? [name] : [])),
    };
    prepared.set(table, found);
  }
  return found;
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
    if (isPrintable && (shown || value !== standard)) parts.push(`${name}=${formatValue(value)}`);
  }
  return parts.join(", ");
}
