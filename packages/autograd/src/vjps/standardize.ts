import { type Tensor } from "@tapegrad/tensor";
import { apply, sizeOf, type StandardizingSignatures } from "@tapegrad/tensor/internal";
import type { Vjps } from "./vjp.ts";

/**
 * The rows of standardize, x̂ = (x - μ) r with r = (⟨(x - μ)²⟩ + ε)^(-½) over n elements, and of its gradient.
 *
 * With g the cotangent of x̂ and h that of r:
 *   dx = r (g - ⟨g⟩ - x̂ ⟨g x̂⟩) - h r² x̂ / n
 * and without ⟨g⟩ when the mean is not subtracted. The first term is J g, with J the symmetric Jacobian of
 * x̂, and is a primitive of its own, standardizeGrad. For a cotangent b of that,
 *   dg = J b
 *   dx = - r (⟨b x̂⟩ J g + ⟨g x̂⟩ J b) - r² x̂ S / n,   S = Σ g b - n ⟨g⟩⟨b⟩ - n ⟨g x̂⟩⟨b x̂⟩
 * from differentiating Σ b J g = r S.
 */
export const standardize: Vjps<keyof StandardizingSignatures> = {
  standardize: [
    ([g, h], saved, attrs) => {
      const x = saved.input(0);
      const through = g === undefined ? undefined : apply("standardizeGrad", [g, x], attrs)[0];
      if (h === undefined) return through ?? x.mul(0);
      const rstd = saved.output(1);
      const bent = saved.output(0).mul(h.mul(rstd.square()).div(countOf(x, attrs.axes)));
      return through === undefined ? bent.neg() : through.sub(bent);
    },
  ],
  standardizeGrad: [
    (ct, saved, attrs) => apply("standardizeGrad", [ct, saved.input(1)], attrs)[0],
    (ct, saved, attrs) => {
      const g = saved.input(0);
      const x = saved.input(1);
      const over = { axis: attrs.axes, keepDims: true };
      const [xhat, rstd] = apply("standardize", [x], attrs);
      const gAlong = g.mul(xhat).mean(over);
      const ctAlong = ct.mul(xhat).mean(over);
      const [jg] = apply("standardizeGrad", [g, x], attrs);
      const [jct] = apply("standardizeGrad", [ct, x], attrs);
      let share = g.mul(ct).mean(over).sub(gAlong.mul(ctAlong));
      if (attrs.center) share = share.sub(g.mean(over).mul(ct.mean(over)));
      const turned = jg.mul(ctAlong).add(jct.mul(gAlong));
      return turned
        .add(xhat.mul(share.mul(rstd)))
        .mul(rstd)
        .neg();
    },
  ],
};

/** How many elements are standardized together. */
function countOf(x: Tensor, axes: readonly number[]): number {
  return sizeOf(axes.map((axis) => x.shape[axis]!));
}
