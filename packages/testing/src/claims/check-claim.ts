import { inspect } from "node:util";

/**
 * Holds what an expression gives, or throws, against what a comment of the documentation says: a literal, whose numbers may
 * differ in the places that it does not show, the printed form, or `ShapeError: add: ...`.
 */
export async function checkClaim(evaluate: () => unknown, expected: string): Promise<void> {
  let actual: unknown;
  try {
    actual = await evaluate();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // "throws ShapeError", "ShapeError: add: expected ...", or only the beginning of it
    const beginning = expected.replace(/^(throws|Throws)\s+/, "").replace(/\s*(\.\.\.|…)$/, "");
    const message = `${error.constructor.name}: ${error.message}`;
    if (!message.includes(beginning)) throw new Error(`expected ${expected}, got ${message}`, { cause: error });
    return;
  }
  const wanted = literal(expected);
  const agrees =
    wanted === undefined || actual === expected
      ? (typeof actual === "string" ? actual : inspect(actual)) === expected
      : isClose(plain(actual), wanted.value, decimals(expected));
  if (!agrees) throw new Error(`expected ${expected}, got ${inspect(plain(actual))}`);
}

/** The comment as a value, or nothing if it is no literal. */
function literal(text: string): { readonly value: unknown } | undefined {
  const source = text
    .replaceAll(/[≈~]\s*/g, "")
    .replaceAll("−", "-")
    .replace(/^\w+Array(\(\d+\))?\s*(?=\[)/, "");
  if (/[A-Za-z_$]\w*\s*\(/.test(source)) return undefined;
  try {
    // eslint-disable-next-line typescript/no-implied-eval -- the text is our own documentation
    return { value: new Function(`return (${source});`)() as unknown };
  } catch {
    return undefined;
  }
}

/** Tensors and typed arrays as nested arrays. */
function plain(value: unknown): unknown {
  if (isTensor(value)) return value.toArray();
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as Float64Array);
  return Array.isArray(value) ? value.map(plain) : value;
}

/** Told by its method: the packages that an example uses need not be those of this file. */
function isTensor(value: unknown): value is { toArray: () => unknown } {
  return typeof value === "object" && value !== null && "dtype" in value && "toArray" in value;
}

/** How many decimals the comment shows. */
function decimals(text: string): number {
  return Math.max(0, ...[...text.matchAll(/\d\.(\d+)(?!\d*e)/g)].map((match) => match[1]?.length ?? 0));
}

/** Equality in which numbers may differ in the places that the comment does not show. */
function isClose(actual: unknown, expected: unknown, places: number): boolean {
  if (Array.isArray(expected)) {
    return (
      Array.isArray(actual) &&
      actual.length === expected.length &&
      expected.every((item, i) => isClose(actual[i], item, places))
    );
  }
  if (typeof expected === "number" && typeof actual === "number" && Number.isFinite(expected)) {
    const shown = places === 0 ? 1e-6 * Math.max(1, Math.abs(expected)) : 0.51 * 10 ** -places;
    return Math.abs(actual - expected) <= Math.max(shown, 1e-6 * Math.abs(expected));
  }
  if (typeof expected === "object" && expected !== null) {
    if (typeof actual !== "object" || actual === null) return false;
    const keys = Object.keys(expected);
    return (
      keys.length === Object.keys(actual).length &&
      keys.every((key) => isClose(plain(Reflect.get(actual, key)), Reflect.get(expected, key), places))
    );
  }
  return Object.is(actual, expected) || (actual === 0 && expected === 0);
}
