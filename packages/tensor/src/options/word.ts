import { resolveName } from "./resolve-name.ts";
import { functionOrName } from "./ranges.ts";
import { expectValue } from "./value-range.ts";

type SnakeCase<N extends string> = N extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${SnakeCase<Rest>}`
  : N;

/** A name in camelCase, or in Keras' snake_case: `Word<"leakyRelu">` is `"leakyRelu" | "leaky_relu"`. */
export type Word<N extends string> = N | SnakeCase<N>;

/**
 * What stands for a function, checked: a function as it is, or the name that a user's word means.
 *
 * For what keeps the word and looks the function up where it is used, so that only what uses it brings the functions along.
 *
 * @param fn name of the function that was called, for the messages
 * @param names every name by what its words mean
 * @throws {ValueError} `Dense: expected a function or one of l1, l2, got "l3". Did you mean "l1"?`
 */
export function functionOrWord<N extends string, F extends (...args: never) => unknown>(
  fn: string,
  option: string,
  given: string | F,
  names: { readonly [name: string]: N },
): N | F {
  expectValue<string | F>(fn, option, given, functionOrName());
  return typeof given === "function" ? given : resolveName(fn, "a function", names, given);
}
