import { dtypes, type DType, isDType, isInt32, type TypedArray } from "../dtype.ts";
import { ValueError } from "../errors.ts";
import { isPlainObject } from "../options/is-plain-object.ts";
import { quoted } from "../options/value-range.ts";
import type { Shape } from "../shape.ts";

/** Elements that are no numbers in JSON, by the words that stand for them. */
type Word = Exclude<TensorJSON["data"][number], number>;
const words: Readonly<Record<Word, number>> = { NaN: Number.NaN, Infinity: Infinity, "-Infinity": -Infinity, "-0": -0 };

/** A tensor as JSON has it: what `toJSON` gives, and `tensor(...)` and `loadStateDict` take. */
export interface TensorJSON {
  /** Element type. */
  readonly dtype: DType;
  /** Extents, outermost axis first. */
  readonly shape: Shape;
  /** The elements in row-major order. JSON has no NaN, ±Infinity and -0: they are words. */
  readonly data: readonly (number | "NaN" | "Infinity" | "-Infinity" | "-0")[];
}

/** The elements of a tensor for JSON, exactly. */
export function jsonElements(data: TypedArray): TensorJSON["data"] {
  return Array.from(data, (element) => {
    if (Object.is(element, -0)) return "-0";
    return Number.isFinite(element) ? element : (String(element) as Word);
  });
}

/** Whether a value is what `toJSON` of a tensor gives; what is in it, {@link elementsOfJSON} checks. */
export function isTensorJSON(value: unknown): value is TensorJSON {
  return (
    isPlainObject(value) && isDType(value["dtype"]) && Array.isArray(value["shape"]) && Array.isArray(value["data"])
  );
}

/**
 * The elements that JSON holds, as numbers.
 *
 * @param name what they are called where they were found, for the message
 * @throws {ValueError} for an element that its dtype cannot have
 */
export function elementsOfJSON(fn: string, name: string, { dtype, data }: TensorJSON): number[] {
  return Array.from(data, (given: unknown, i) => {
    const element = typeof given === "string" && Object.hasOwn(words, given) ? words[given as Word] : given;
    if (typeof element === "number" && holds(dtype, element)) return element;
    throw new ValueError(`${fn}: expected elements of ${dtype} in ${name}, got ${quoted(given)} at ${i}.`);
  });
}

function holds(dtype: DType, element: number): boolean {
  const { kind } = dtypes[dtype];
  return kind === "float" || (kind === "int" ? isInt32(element) : element === 0 || element === 1);
}
