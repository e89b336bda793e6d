import type { Vjps } from "./vjp.ts";

/**
 * The row of standardize, x̂ = (x - μ) r with r = (⟨(x - μ)²⟩ + ε)^(-½) over n elements.
 *
 * With g the cotangent of x̂ and h that of r:
 *   dx = r (g - ⟨g⟩ - x̂ ⟨g x̂⟩) - h r² x̂ / n
 * and without ⟨g⟩ when the mean is not subtracted. It is written in the outputs, which are
 * themselves on the tape, so second derivatives follow.
 */
export const standardize: Vjps<"standardize"> = {
  standardize: [
    ([g, h], saved, { axes, center }) => {
      const xhat = saved.output(0);
      const rstd = saved.output(1);
      const over = { axis: axes, keepDims: true };
      // How much of x̂ to take away: ⟨g x̂⟩ + h r / n
      let along = g?.mul(xhat).mean(over);
      if (h !== undefined) {
        const n = axes.reduce((count, axis) => count * (saved.shape(0)[axis] as number), 1);
        const share = h.mul(rstd).div(n);
        along = along === undefined ? share : along.add(share);
      }
      const removed = along === undefined ? xhat.mul(0) : xhat.mul(along);
      if (g === undefined) return removed.mul(rstd).neg();
      return (center ? g.sub(g.mean(over)) : g).sub(removed).mul(rstd);
    },
  ],
};
