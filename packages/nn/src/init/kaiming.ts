import type { Tensor } from "@tapegrad/tensor";
import { option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { fans } from "./fans.ts";
import { checkFloat, fillNormal, fillUniform, type RandomOptions, randomTable } from "./fill.ts";
import { gain, type Nonlinearity, nonlinearityName } from "./gain.ts";

/** Options of the Kaiming initialisers. */
export interface KaimingOptions extends RandomOptions {
  /** Which fan keeps its variance: of the activations (`fanIn`, the default) or of the gradients. */
  readonly mode?: "fanIn" | "fanOut";
  /** Activation that follows, `leakyRelu` unless given. */
  readonly nonlinearity?: Nonlinearity;
  /** Negative slope of `leakyRelu`, 0 unless given. */
  readonly slope?: number;
}

const table: OptionTable<KaimingOptions> = {
  mode: option(ranges.oneOf("fanIn", "fanOut"), "fanIn"),
  nonlinearity: option(nonlinearityName, "leakyRelu"),
  slope: option(ranges.finite, 0),
  ...randomTable,
};

function stdOf(fn: string, weight: Tensor, options: KaimingOptions): number {
  const { mode, nonlinearity, slope } = settleOptions(fn, options, table);
  checkFloat(fn, weight);
  const { fanIn, fanOut } = fans(weight);
  return gain(nonlinearity, slope) / Math.sqrt(Math.max(1, mode === "fanIn" ? fanIn : fanOut));
}

/**
 * Fills a weight with `U(−b, b)`, `b = gain · √(3 / fan)`, and returns it.
 *
 * He et al. 2015, https://arxiv.org/abs/1502.01852
 *
 * @param weight layout `[out, in, ...]`
 * @throws {ShapeError} for fewer than two axes
 */
export function kaimingUniform<T extends Tensor>(weight: T, options: KaimingOptions = {}): T {
  const bound = Math.sqrt(3) * stdOf("kaimingUniform", weight, options);
  return fillUniform(weight, -bound, bound, options);
}

/**
 * Fills a weight with `N(0, σ²)`, `σ = gain / √fan`, and returns it.
 *
 * He et al. 2015, https://arxiv.org/abs/1502.01852
 *
 * @param weight layout `[out, in, ...]`
 * @throws {ShapeError} for fewer than two axes
 */
export function kaimingNormal<T extends Tensor>(weight: T, options: KaimingOptions = {}): T {
  return fillNormal(weight, 0, stdOf("kaimingNormal", weight, options), options);
}
