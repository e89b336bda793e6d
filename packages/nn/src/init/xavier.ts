import type { Tensor } from "@tapegrad/tensor";
import { option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { fans } from "./fans.ts";
import { checkFloat, fillNormal, fillUniform, type RandomOptions, randomTable } from "./fill.ts";

/** Options of the Xavier initialisers. */
export interface XavierOptions extends RandomOptions {
  /** Factor, 1 unless given; see `gain`. */
  readonly gain?: number;
}

const table: OptionTable<XavierOptions> = { gain: option(ranges.finite, 1), ...randomTable };

function stdOf(fn: string, weight: Tensor, options: XavierOptions): number {
  const { gain } = settleOptions(fn, options, table);
  checkFloat(fn, weight);
  const { fanIn, fanOut } = fans(weight);
  return gain * Math.sqrt(2 / (fanIn + fanOut));
}

/**
 * Fills a weight with `U(−b, b)`, `b = gain · √(6 / (fanIn + fanOut))`, and returns it.
 *
 * Glorot and Bengio 2010, https://proceedings.mlr.press/v9/glorot10a.html
 *
 * @param weight layout `[out, in, ...]`
 * @throws {ShapeError} for fewer than two axes
 */
export function xavierUniform<T extends Tensor>(weight: T, options: XavierOptions = {}): T {
  const bound = Math.sqrt(3) * stdOf("xavierUniform", weight, options);
  return fillUniform(weight, -bound, bound, options);
}

/**
 * Fills a weight with `N(0, σ²)`, `σ = gain · √(2 / (fanIn + fanOut))`, and returns it.
 *
 * Glorot and Bengio 2010, https://proceedings.mlr.press/v9/glorot10a.html
 *
 * @param weight layout `[out, in, ...]`
 * @throws {ShapeError} for fewer than two axes
 */
export function xavierNormal<T extends Tensor>(weight: T, options: XavierOptions = {}): T {
  return fillNormal(weight, 0, stdOf("xavierNormal", weight, options), options);
}
