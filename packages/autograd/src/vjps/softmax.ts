import { apply, type SoftmaxSignatures } from "@tapegrad/tensor/internal";
import type { Vjps } from "./vjp.ts";

/**
 * The rows of softmax y, `dx = y (g − ⟨g, y⟩)`, and of its logarithm, `dx = g − y Σg`: the shift by the peak cancels. With a mask
 * g counts as 0 where y is, so that nothing of what is hidden matters, be it NaN.
 */
export const softmax: Vjps<keyof SoftmaxSignatures> = {
  softmax: [
    (ct, saved, { axes, masked }) => {
      const y = saved.output(0);
      const g = masked ? ct.maskedFill(y.eq(0), 0) : ct;
      return y.mul(g.sub(g.mul(y).sum({ axis: axes, keepDims: true })));
    },
  ],
  // From x: the exponential of a rounded logarithm would have fewer digits.
  logSoftmax: [
    (ct, saved, attrs) =>
      ct.sub(apply("softmax", [saved.input(0)], attrs)[0].mul(ct.sum({ axis: attrs.axes, keepDims: true }))),
  ],
};
