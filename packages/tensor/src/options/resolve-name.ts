import { ValueError } from "../errors.ts";
import { nearestName, plainName } from "./nearest-name.ts";
import { didYouMean, quoted } from "./value-range.ts";

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
  throw new ValueError(
    `${fn}: expected ${kind === undefined ? "" : `${kind} or `}one of ${names.join(", ")}, got ${quoted(name)}.${didYouMean(isWord ? nearestName(name, names) : undefined)}`,
  );
}
