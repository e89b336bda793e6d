import type { Tensor } from "@tapegrad/tensor";
import { ranges, resolveName, type ValueRange } from "@tapegrad/tensor/internal";
import type { RandomOptions } from "./fill.ts";
import * as init from "./init.ts";

const names = [
  "zeros",
  "ones",
  "uniform",
  "normal",
  "truncatedNormal",
  "xavierUniform",
  "xavierNormal",
  "kaimingUniform",
  "kaimingNormal",
  "lecunNormal",
  "orthogonal",
] as const;

/** Names of functions in `init` that need no further argument. */
export type InitializerName = (typeof names)[number];

/** A function that fills a tensor in place. */
type Fill = (tensor: Tensor, options: RandomOptions) => unknown;

/** A function that fills a tensor in place, or the name of one in `init`. */
export type Initializer = InitializerName | Fill;

/** What an option that is an initialiser may be. */
export const initializer: ValueRange<Initializer> = ranges.functionOrName();

const named: { readonly [name: string]: Fill } = Object.fromEntries(names.map((name) => [name, init[name]]));

/** Fills `tensor` by the function or name `by`; throws for an unknown name. */
export function initialize(fn: string, tensor: Tensor, by: Initializer, options: RandomOptions): void {
  const fill = typeof by === "function" ? by : resolveName(fn, "a function", named, by);
  fill(tensor, options);
}
