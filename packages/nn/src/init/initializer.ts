import type { Tensor } from "@tapegrad/tensor";
import { ranges, resolveName, type ValueRange } from "@tapegrad/tensor/internal";
import { normal, ones, type RandomOptions, uniform, zeros } from "./fill.ts";
import { orthogonal } from "./orthogonal.ts";
import { truncatedNormal } from "./truncated-normal.ts";
import { kaimingNormal, kaimingUniform, lecunNormal, xavierNormal, xavierUniform } from "./variance-scaling.ts";

/** Names of functions in `init` that need no further argument. */
export type InitializerName =
  | "zeros"
  | "ones"
  | "uniform"
  | "normal"
  | "truncatedNormal"
  | "xavierUniform"
  | "xavierNormal"
  | "kaimingUniform"
  | "kaimingNormal"
  | "lecunNormal"
  | "orthogonal";

/** A function that fills a tensor in place, or the name of one in `init`. */
export type Initializer = InitializerName | ((tensor: Tensor, options: RandomOptions) => unknown);

/** What an option that is an initialiser may be. */
export const initializer: ValueRange<Initializer> = ranges.functionOrName();

// Not the namespace: a bundler leaves out what a program does not name.
const named: { readonly [N in InitializerName]: Exclude<Initializer, string> } = {
  zeros,
  ones,
  uniform,
  normal,
  truncatedNormal,
  xavierUniform,
  xavierNormal,
  kaimingUniform,
  kaimingNormal,
  lecunNormal,
  orthogonal,
};

/** Fills `tensor` by the function or name `by`; throws for an unknown name. */
export function initialize(fn: string, tensor: Tensor, by: Initializer, options: RandomOptions): void {
  const fill = typeof by === "function" ? by : resolveName(fn, "a function", named, by);
  fill(tensor, options);
}
