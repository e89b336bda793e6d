import { type Tensor } from "@tapegrad/tensor";
import { expectNothing, expectValue, withGradMode } from "@tapegrad/tensor/internal";
import { limit } from "./limit.ts";
import { gradientsOf } from "./gradients-of.ts";

/**
 * Limits every element of every gradient to `[−clipValue, clipValue]`.
 *
 * Each `grad` is replaced by a new tensor of its dtype; parameters without one are skipped. NaN stays NaN.
 *
 * @param params parameters, one tensor or many
 * @param clipValue largest magnitude to keep, in units of the gradient
 * @throws {ValueError} for no parameters, a generator that is used up among them, or a negative `clipValue`
 * @example
 * const w = tensor([3, -0.25], { requiresGrad: true });
 * w.square().sum().backward();
 * clipGradValue([w], 1);
 * w.grad?.toArray(); // => [1, -0.5]
 */
export function clipGradValue(params: Tensor | Iterable<Tensor>, clipValue: number, ...none: []): void {
  expectNothing("clipGradValue", none);
  expectValue("clipGradValue", "clipValue", clipValue, limit);
  withGradMode(false, () => {
    for (const { param, grad } of gradientsOf("clipGradValue", params)) {
      param.grad = grad.clamp(-clipValue, clipValue);
    }
  });
}
