import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, expectValue, ranges, withGradMode } from "@tapegrad/tensor/internal";
import { gradientsOf } from "./gradients-of.ts";

/**
 * Limits the root mean square of each parameter's gradient, whatever those of the others are.
 *
 * `g ← g / max(1, rms(g) / threshold)`
 *
 * Each `grad` is replaced by a new tensor of its dtype; parameters without one are skipped, and one that is listed twice
 * counts once. The root mean square is float64; where it is NaN or infinite, so are elements of the gradient.
 *
 * @param params parameters, one tensor or many
 * @param threshold largest root mean square to keep, in units of the gradient
 * @throws {ValueError} for no parameters, a generator that is used up among them, or a `threshold` that is not positive
 * @see Shazeer and Stern, Adafactor: Adaptive Learning Rates with Sublinear Memory Cost (2018), section 6, https://arxiv.org/abs/1804.04235
 * @example
 * const w = tensor([3, 4, 0, 0], { requiresGrad: true });
 * w.square().sum().div(2).backward(); // its root mean square is 2.5
 * clipGradRms([w], 1);
 * w.grad?.toArray(); // => [1.2, 1.6, 0, 0]
 */
export function clipGradRms(params: Tensor | Iterable<Tensor>, threshold: number, ...none: []): void {
  expectNothing("clipGradRms", none);
  expectValue("clipGradRms", "threshold", threshold, ranges.positive);
  withGradMode(false, () => {
    for (const { param, grad } of gradientsOf("clipGradRms", params)) {
      const wide = grad.to("float64");
      const rms = wide.norm().div(Math.sqrt(Math.max(grad.size, 1)));
      param.grad = wide.div(rms.div(threshold).maximum(1)).to(grad.dtype);
    }
  });
}
