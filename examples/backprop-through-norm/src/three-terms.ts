import { enableGrad, grad, type Tensor } from "tapegrad";
import { type Frozen, frozenNorm, type NormKind } from "./frozen-norm.ts";
import type { Lesson } from "./lesson.ts";
import type { Problem } from "./problem.ts";

/**
 * Compares each term of dx with the tape's.
 *
 * With all statistics detached the tape gives the direct term; with one of them back on the tape, its term is what is
 * added.
 */
export function compareTerms(lesson: Lesson, problem: Problem, kind: NormKind): void {
  const { gamma, dy, eps } = problem;
  const over = { axis: kind.axis, keepDims: true } as const;
  const x = problem.x.clone().requiresGrad_();
  const dxWith = (frozen: Frozen): Tensor =>
    enableGrad(() => grad(frozenNorm(x, kind, eps, frozen).mul(gamma), [x], { cotangent: dy })[0]);

  const centred = kind.center ? x.sub(x.mean(over)).detach() : x.detach();
  const rstd = centred.square().mean(over).add(eps).rsqrt();
  const xhat = centred.mul(rstd);
  const g = dy.mul(gamma);
  const direct = rstd.mul(g);
  const mean = rstd.mul(g.mean(over)).broadcastTo(x.shape).neg();
  const deviation = rstd.mul(xhat).mul(g.mul(xhat).mean(over)).neg();

  const autoDirect = dxWith({ mean: true, deviation: true });
  const autoWithMean = dxWith({ deviation: true });
  const autoWhole = dxWith({});
  lesson.compare([
    { name: "direct", manual: direct, auto: autoDirect },
    ...(kind.center ? [{ name: "mean", manual: mean, auto: autoWithMean.sub(autoDirect) }] : []),
    { name: "deviation", manual: deviation, auto: autoWhole.sub(autoWithMean) },
    {
      name: "sum of the terms",
      manual: kind.center ? direct.add(mean).add(deviation) : direct.add(deviation),
      auto: autoWhole,
    },
  ]);
}
