import type { DType, FloatDType } from "../dtype.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import { isPlainObject } from "./is-plain-object.ts";
import type { ValueRange } from "./value-range.ts";

/** The numbers that `has` is true of. */
export function numbers(text: string, has: (value: number) => boolean): ValueRange<number> {
  return { text, has: (value): value is number => typeof value === "number" && has(value) };
}

/** Any number, NaN included: what an element may be. */
export const anyNumber: ValueRange<number> = numbers("to be a number", () => true);
/** Any number but NaN and the infinities. */
export const finite: ValueRange<number> = numbers("to be a finite number", Number.isFinite);
/** Any number but NaN: what a bound may be. */
export const bound: ValueRange<number> = numbers("to be a number", (x) => !Number.isNaN(x));
/** `x > 0`, finite */
export const positive: ValueRange<number> = numbers("> 0", (x) => x > 0 && x < Infinity);
/** `x ≥ 0`, finite */
export const nonNegative: ValueRange<number> = numbers("≥ 0", (x) => x >= 0 && x < Infinity);
/** `x ≥ minimum`, finite */
export function atLeast(minimum: number): ValueRange<number> {
  return numbers(`≥ ${minimum}`, (x) => x >= minimum && x < Infinity);
}

/** `low ≤ x ≤ high` */
export function interval(low: number, high: number): ValueRange<number> {
  return numbers(`in [${low}, ${high}]`, (x) => x >= low && x <= high);
}

/** `0 ≤ x < 1` */
export const fraction: ValueRange<number> = numbers("in [0, 1)", (x) => x >= 0 && x < 1);
/** `0 ≤ x ≤ 1` */
export const unit: ValueRange<number> = interval(0, 1);
/** `0 < x ≤ 1` */
export const portion: ValueRange<number> = numbers("in (0, 1]", (x) => x > 0 && x <= 1);

/** Whole numbers of either sign. */
export const integer: ValueRange<number> = numbers("to be a whole number", Number.isSafeInteger);

/** Whole numbers from `minimum` on. */
export function whole(minimum: number): ValueRange<number> {
  return numbers(`to be a whole number ≥ ${minimum}`, (x) => Number.isSafeInteger(x) && x >= minimum);
}

/** How many there are of something that must exist: a whole number from 1 on. */
export const count: ValueRange<number> = whole(1);
/** A {@link count} of features, channels or groups, which is what an axis measures. */
export const extent: ValueRange<number> = { ...count, error: ShapeError };

/** `true` and `false`. */
export const flag: ValueRange<boolean> = {
  text: "to be true or false",
  has: (value): value is boolean => typeof value === "boolean",
};

/** Strings, empty ones too. */
export const text: ValueRange<string> = {
  text: "to be a text",
  has: (value): value is string => typeof value === "string",
};

/** A few words. */
export function oneOf<const T extends string>(...words: readonly [T, ...T[]]): ValueRange<T> {
  return {
    text: words.length === 1 ? words[0] : `${words.slice(0, -1).join(", ")} or ${words.at(-1)!}`,
    has: (value): value is T => (words as readonly unknown[]).includes(value),
    words,
  };
}

/** The names of a table's rows. */
export function keyOf<const T extends string>(table: { readonly [K in T]: unknown }): ValueRange<T> {
  return oneOf(...(Object.keys(table) as [T, ...T[]]));
}

/** Functions and their names; which names there are, `resolveName` says. */
export function functionOrName<T extends string | ((...args: never) => unknown)>(): ValueRange<T> {
  return {
    text: "to be a function or its name",
    has: (value): value is T => typeof value === "function" || typeof value === "string",
  };
}

/** float32 and float64. */
export const floatDType: ValueRange<FloatDType> = { ...oneOf("float32", "float64"), error: DTypeError };

/** Every dtype. */
export const anyDType: ValueRange<DType> = {
  ...oneOf("float32", "float64", "int32", "bool"),
  error: DTypeError,
};

/** Arrays; which extents a shape may have, `checkShape` says. */
export const shapeRange: ValueRange<readonly number[]> = {
  text: "to be an array of extents",
  has: (value): value is readonly number[] => Array.isArray(value),
  error: ShapeError,
};

/** Those of `range`, and null. */
export function orNull<T>(range: ValueRange<T>): ValueRange<T | null> {
  return {
    ...range,
    text: `${range.text} or null`,
    has: (value): value is T | null => value === null || range.has(value),
  };
}

type Values<T, N> = N extends 2 ? readonly [T, T] : N extends 3 ? readonly [T, T, T] : readonly T[];

/** Arrays of values of `range`, as many as `length` says if it is given. */
export function listOf<T, const N extends number = number>(range: ValueRange<T>, length?: N): ValueRange<Values<T, N>> {
  return {
    ...range,
    text: `to be ${length === undefined ? "a list of" : length} values, each ${range.text.replace(/^to be /, "")}`,
    has: (value): value is Values<T, N> =>
      Array.isArray(value) && (length === undefined || value.length === length) && value.every(range.has),
  };
}

/** Functions; what they take and return is not checked. */
export function callable<T extends (...args: never) => unknown>(): ValueRange<T> {
  return { text: "to be a function", has: (value): value is T => typeof value === "function" };
}

/** Those of `first` and those of `second`. */
export function either<A, B>(first: ValueRange<A>, second: ValueRange<B>): ValueRange<A | B> {
  return {
    ...first,
    text: `${first.text}, or ${second.text}`,
    has: (value): value is A | B => first.has(value) || second.has(value),
  };
}

/** Values of `range`, and arrays of them. */
export function orListOf<T>(range: ValueRange<T>): ValueRange<T | readonly T[]> {
  return { ...either(range, listOf(range)), text: `${range.text}, or a list of such values` };
}

/** Objects with named values, such as options and states. */
export const record: ValueRange<object> = {
  text: "to be an object",
  has: isPlainObject,
};

/** Instances of a class. */
export function instanceOf<T>(type: abstract new (...args: never) => T): ValueRange<T> {
  return { text: `to be a ${type.name}`, has: (value): value is T => value instanceof type };
}
