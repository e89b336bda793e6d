import type { Tensor } from "@tapegrad/tensor";
import {
  expectTensor,
  expectValue,
  ranges,
  resolveName,
  settleOptions,
  type ValueRange,
  type Word,
} from "@tapegrad/tensor/internal";
import { fillNormal, fillUniform, normal, ones, type RandomOptions, randomTable, uniform, zeros } from "./fill.ts";
import { orthogonal } from "./orthogonal.ts";
import { truncatedNormal } from "./truncated-normal.ts";
import {
  kaimingNormal,
  kaimingUniform,
  lecunNormal,
  lecunUniform,
  varianceScaling,
  xavierNormal,
  xavierUniform,
} from "./variance-scaling.ts";

/** Names of initialisers in camelCase: functions in `init` that need no further argument, and what Keras calls otherwise. */
export type InitializerWord =
  | "zeros"
  | "ones"
  | "uniform"
  | "normal"
  | "truncatedNormal"
  | "varianceScaling"
  | "xavierUniform"
  | "xavierNormal"
  | "kaimingUniform"
  | "kaimingNormal"
  | "lecunUniform"
  | "lecunNormal"
  | "orthogonal"
  | "glorotUniform"
  | "glorotNormal"
  | "heUniform"
  | "heNormal"
  | "randomUniform"
  | "randomNormal";

/**
 * Names of functions in `init` that need no further argument, in camelCase or in Keras' snake_case, and Keras' words:
 * `glorot` for `xavier` and `he` for `kaiming`, whose normal numbers are at most two deviations off, and `randomUniform` and
 * `randomNormal` for U(±0.05) and N(0, 0.05²). A word that both have, `truncatedNormal`, is the function in `init`.
 */
export type InitializerName = Word<InitializerWord>;

/** A function that fills a tensor in place, or the name of one in `init`. */
export type Initializer = InitializerName | ((tensor: Tensor, options: RandomOptions) => unknown);

/** What an option that is an initialiser may be. */
export const initializer: ValueRange<Initializer> = ranges.functionOrName();

// Not the namespace: a bundler leaves out what a program does not name.
const named: { readonly [N in InitializerWord]: Exclude<Initializer, string> } = {
  zeros,
  ones,
  uniform,
  normal,
  truncatedNormal,
  varianceScaling,
  xavierUniform,
  xavierNormal,
  kaimingUniform,
  kaimingNormal,
  lecunUniform,
  lecunNormal,
  orthogonal,
  glorotUniform: xavierUniform,
  // Truncated in Keras; PyTorch's words are not.
  glorotNormal: (weight, options) => varianceScaling(weight, { mode: "fanAvg", ...options }),
  heUniform: kaimingUniform,
  heNormal: (weight, options) => varianceScaling(weight, { scale: 2, ...options }),
  randomUniform: (tensor, { generator }) => fillUniform(tensor, -0.05, 0.05, { generator }),
  randomNormal: (tensor, { generator }) => fillNormal(tensor, 0, 0.05, { generator }),
};

/** Names that options which are initialisers know. */
export const initializerNames: readonly InitializerName[] = Object.keys(named) as InitializerName[];

/** Fills `tensor` by the function or name `by`; throws for an unknown name. */
export function initialize(fn: string, tensor: Tensor, by: Initializer, options: RandomOptions): void {
  const fill = typeof by === "function" ? by : resolveName(fn, "a function", named, by);
  fill(tensor, options);
}

/**
 * Fills a tensor by an initialiser or its name, as options of layers do, and returns it: for layers of one's own.
 *
 * @throws {ValueError} for an unknown name, with all that are allowed
 */
export function fill<T extends Tensor>(target: T, by: Initializer, options: RandomOptions = {}): T {
  expectTensor("fill", "target", target);
  expectValue("fill", "by", by, initializer);
  initialize("fill", target, by, settleOptions("fill", options, randomTable));
  return target;
}
