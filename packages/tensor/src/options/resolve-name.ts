import { ValueError } from "../errors.ts";
import { formatValue } from "./value-range.ts";

/** `LeakyReLU`, `leakyRelu` and `leaky_relu` are one name. */
function plainName(name: string): string {
  return name.replaceAll(/[_\s-]/g, "").toLowerCase();
}

/** Levenshtein's distance: how many characters have to be inserted, removed or replaced. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}

/** The name that is nearest to a misspelled one, or undefined when none is near. */
function nearestName(name: string, names: readonly string[]): string | undefined {
  let nearest: string | undefined;
  let least = Math.ceil(0.4 * name.length);
  for (const candidate of names) {
    const distance = editDistance(plainName(name), plainName(candidate));
    if (distance <= least) [nearest, least] = [candidate, distance - 1];
  }
  return nearest;
}

/**
 * The row of `table` that a user's word names; case, underscores and hyphens do not matter.
 *
 * @param fn name of the function that was called, for the message
 * @param kind what could stand in place of the word, if anything: "a function"
 * @throws {ValueError} `Activation: expected a function or one of gelu, relu, got "rleu". Did you mean "relu"?`
 */
export function resolveName<T>(
  fn: string,
  kind: string | undefined,
  table: { readonly [name: string]: T },
  name: string,
): T {
  const names = Object.keys(table);
  const isWord = typeof name === "string";
  const found = isWord ? names.find((known) => plainName(known) === plainName(name)) : undefined;
  if (found !== undefined) return table[found]!;
  const nearest = isWord ? nearestName(name, names) : undefined;
  throw new ValueError(
    `${fn}: expected ${kind === undefined ? "" : `${kind} or `}one of ${names.join(", ")}, got ${isWord ? `"${name}"` : formatValue(name)}.` +
      (nearest === undefined ? "" : ` Did you mean "${nearest}"?`),
  );
}
