import type { Tensor } from "@tapegrad/tensor";
import { settleOptions } from "@tapegrad/tensor/internal";
import { fans } from "./fans.ts";
import { checkFloat, fillNormal, type RandomOptions, randomTable } from "./fill.ts";

/**
 * Fills a weight with `N(0, 1 / fanIn)` and returns it: what self-normalizing networks (SELU) ask for.
 *
 * @see Klambauer et al. 2017, https://arxiv.org/abs/1706.02515
 * @param weight layout `[out, in, ...]`
 * @throws {ShapeError} for fewer than two axes
 */
export function lecunNormal<T extends Tensor>(weight: T, options: RandomOptions = {}): T {
  const { generator } = settleOptions("lecunNormal", options, randomTable);
  checkFloat("lecunNormal", weight);
  return fillNormal(weight, 0, 1 / Math.sqrt(Math.max(1, fans(weight).fanIn)), { generator });
}
