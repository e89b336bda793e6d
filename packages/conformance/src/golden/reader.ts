import { FormatError } from "@tapegrad/tensor";

/** Turns a parsed JSON value into a `T` or throws; `at` says where the value stands. */
export type Reader<T> = (value: unknown, at: string) => T;

/** What is wrong with the value at `at`, which is `FILE:.path.to[0].field`. */
export function wrong(at: string, expected: string, got: unknown): FormatError {
  const [, source = "JSON", field = ""] = /^(.*?):\.?(.*)$/s.exec(at) ?? [undefined, "JSON", at];
  const place = field === "" ? "" : ` at ${field}`;
  return new FormatError(`${source}: expected ${expected}${place}, got ${describe(got)}.`);
}

/** A value in a few words. */
function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Any value, as it is. */
export const raw: Reader<unknown> = (value) => value;

/** A string. */
export const text: Reader<string> = (value, at) => {
  if (typeof value !== "string") throw wrong(at, "a string", value);
  return value;
};

/** An array whose elements `read` understands. */
export function list<T>(read: Reader<T>): Reader<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) throw wrong(at, "an array", value);
    return value.map((element: unknown, i) => read(element, `${at}[${i}]`));
  };
}

/** An object whose values `read` understands. */
export function record<T>(read: Reader<T>): Reader<Readonly<Record<string, T>>> {
  return (value, at) => {
    if (!isObject(value)) throw wrong(at, "an object", value);
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, read(entry, `${at}.${key}`)]));
  };
}

/** A value that may be absent. */
export function optional<T>(read: Reader<T>): Reader<T | undefined> {
  return (value, at) => (value === undefined ? undefined : read(value, at));
}

/** An object of known fields; others are ignored. */
export function fields<T extends object>(readers: {
  readonly [K in keyof Required<T>]: Reader<T[K] | undefined>;
}): Reader<T> {
  const entries = Object.entries<Reader<unknown>>(readers);
  return (value, at) => {
    if (!isObject(value)) throw wrong(at, "an object", value);
    const read = entries.map(([key, reader]) => {
      const given: unknown = Object.hasOwn(value, key) ? value[key] : undefined;
      return [key, reader(given, `${at}.${key}`)] as const;
    });
    return Object.fromEntries(read.filter(([, field]) => field !== undefined)) as T;
  };
}
