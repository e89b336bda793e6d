import { type Tensor } from "@tapegrad/tensor";
import { expectNothing, expectValue, ranges, withGradMode } from "@tapegrad/tensor/internal";
import { gradientsOf } from "../clipping/gradients-of.ts";

/**
 * Layer-wise weight decay: adds to the gradient of every weight a decay whose size is the same part of the gradient's in all
 * layers, however large weights and gradients are. Call it after `backward` and before `step`, without `weightDecay` in the
 * optimizer.
 *
 * `g ← g + λ · w` with `λ = ratio · rms(g) / rms(w)` for each parameter, a constant of the moment. The paper derives the
 * coefficients of its layers from an analysis of their scales; here they are measured at every step.
 *
 * Each `grad` is replaced by a new tensor of its dtype; parameters without one are skipped, and one that is listed twice
 * counts once. A weight of zeros has no decay.
 *
 * @param params the weights to decay, one tensor or many: usually those of two axes and more
 * @param ratio of the decay to the gradient, such as 0.01
 * @throws {ValueError} for no parameters, a generator that is used up among them, or a negative `ratio`
 * @see Ishii and Sato 2017, https://doi.org/10.1007/978-3-319-75786-5_23
 * @example
 * const w = tensor([3, 4], { requiresGrad: true });
 * w.mul(tensor([10, 0])).sum().backward();
 * layerwiseWeightDecay([w], 0.5);
 * w.grad?.toArray(); // => [13, 4]
 */
export function layerwiseWeightDecay(params: Tensor | Iterable<Tensor>, ratio: number, ...none: []): void {
  expectNothing("layerwiseWeightDecay", none);
  expectValue("layerwiseWeightDecay", "ratio", ratio, ranges.nonNegative);
  withGradMode(false, () => {
    for (const { param, grad } of gradientsOf("layerwiseWeightDecay", params)) {
      const [weight, gradient] = [param.detach().to("float64"), grad.to("float64")];
      const length = weight.norm();
      const lambda = gradient
        .norm()
        .div(length.maskedFill(length.eq(0), 1))
        .mul(ratio);
      param.grad = gradient.add(weight.mul(lambda)).to(grad.dtype);
    }
  });
}
